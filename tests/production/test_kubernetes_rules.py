"""What the manifests promise a cluster: contained, spread, reached by few, and in order."""

import re

import kubernetes_validate
import pytest
import yaml

from deploy.local.processes import KEEPER
from deploy.local.processes import PROCESSES as ON_ONE_MACHINE
from tests.production.manifests import (
    FOLDER,
    Document,
    config,
    containers,
    of_kind,
    pods,
    rendered,
)
from tests.production.network_policies import namespaces, peers, rules_of

PROCESSES = (*ON_ONE_MACHINE, KEEPER)
NAMES = {process.name for process in PROCESSES}
OLDEST = "1.27"
"""The first version that spreads the copies of one version (docs/operating/production.md)."""


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
def test_every_manifest_says_only_what_that_version_of_kubernetes_knows(version: str) -> None:
    ingress = yaml.safe_load((FOLDER / "examples" / "ingress.yaml").read_text())
    for document in [*rendered(), ingress]:
        kubernetes_validate.validate(document, version, strict=True)


def test_a_mistake_in_a_manifest_is_seen() -> None:
    [job] = of_kind("Job")
    wrong = job | {"spec": job["spec"] | {"backofLimit": 3}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, OLDEST, strict=True)


def test_nobody_in_a_pod_has_rights_or_can_write_beside_tmp() -> None:
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in [*pod["containers"], *pod.get("initContainers", ())]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}
            assert container["resources"]["limits"].keys() == {"memory"}
        mounted = {m["name"]: m["mountPath"] for m in pod["containers"][0]["volumeMounts"]}
        assert mounted.pop("tmp") == "/tmp"  # noqa: S108
        assert mounted == ({"backups": "/backups"} if name == "backup" else {})
        assert set(mounted) | {"tmp"} == {volume["name"] for volume in pod["volumes"]}


def test_a_process_has_two_minutes_to_start_and_is_killed_only_when_its_loop_stands_still() -> None:
    for container in containers().values():
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        assert ports["operations"] == int(config()["LAPOR_OPERATIONS_PORT"])
        for probe, path in _PROBES.items():
            assert container[probe]["httpGet"] == {"path": path, "port": "operations"}
        startup = container["startupProbe"]
        assert startup["periodSeconds"] * startup["failureThreshold"] == 120


def test_a_former_process_goes_on_until_the_database_is_migrated_for_the_new_one() -> None:
    for name, pod in pods().items():
        if name in ("portal", "migrate"):  # one knows no database, the other is waited for
            assert "initContainers" not in pod
            continue
        [waiting] = pod["initContainers"]
        assert waiting["command"] == ["lapor", "migrated"]
        assert waiting["envFrom"] == pod["containers"][0]["envFrom"]


def test_each_version_has_a_migration_of_its_own() -> None:
    """A Job cannot be changed: by another name it is another one."""
    [job] = of_kind("Job")
    image = job["spec"]["template"]["spec"]["containers"][0]["image"]
    assert job["metadata"]["name"] == f"lapor-migrate-{re.sub(r'[^0-9a-z]', '-', image[11:])}"


def test_one_copy_at_a_time_is_taken_away_and_what_answers_people_follows_the_load() -> None:
    budgets = {_process(b["spec"]["selector"]): b["spec"] for b in of_kind("PodDisruptionBudget")}
    assert budgets.keys() == NAMES
    assert all(budget["maxUnavailable"] == 1 for budget in budgets.values())
    scaled = {
        h["spec"]["scaleTargetRef"]["name"]: h["spec"] for h in of_kind("HorizontalPodAutoscaler")
    }
    for deployment in of_kind("Deployment"):
        spec = deployment["spec"]
        if autoscaler := scaled.pop(deployment["metadata"]["name"], None):
            assert "replicas" not in spec  # else each apply would undo what the load asked for
            assert autoscaler["minReplicas"] >= 2
        else:
            assert spec["replicas"] >= (
                1 if deployment["metadata"]["name"] == "lapor-backup" else 2
            )
        spread = spec["template"]["spec"]["topologySpreadConstraints"]
        assert [s["topologyKey"] for s in spread] == _PLACES
    assert not scaled


def test_only_the_portal_and_intake_are_reached_from_outside() -> None:
    outside = {p for p in NAMES if "ingress-nginx" in namespaces(rules_of(p, "Ingress"), "from")}
    assert outside == {"portal", "intake"}
    for process in NAMES:
        for rule in rules_of(process, "Ingress"):
            assert all(peers(rule, "from")), process  # nobody is named, everybody may
    ingress = yaml.safe_load((FOLDER / "examples" / "ingress.yaml").read_text())
    paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
    assert {p["backend"]["service"]["name"] for p in paths} == {"lapor-portal", "lapor-intake"}


def test_the_portal_reaches_nothing_outside_the_cluster_and_no_server() -> None:
    rules = rules_of("portal", "Egress")
    assert namespaces(rules, "to") == {"kube-system"}  # names
    assert not any("ipBlock" in peer for rule in rules for peer in peers(rule, "to"))


def test_each_process_reaches_the_servers_that_it_has_credentials_of() -> None:
    for process in PROCESSES:
        reached = namespaces(rules_of(process.name, "Egress"), "to") - {"kube-system"}
        expected = {"postgres", "nats", "temporal"} if process.role else set()
        assert reached == expected - ({"temporal"} if process.name in _NO_COMMANDS else set())
    migrate = namespaces(rules_of("migrate", "Egress"), "to")
    assert migrate == {"kube-system", "postgres", "nats", "temporal"}


def test_what_prometheus_is_to_ask_is_there() -> None:
    monitor = yaml.safe_load((FOLDER / "examples" / "scrape.yaml").read_text())["spec"]
    [endpoint] = monitor["podMetricsEndpoints"]
    ports = [port["name"] for port in containers()["worker"]["ports"]]
    assert endpoint["port"] in ports
    for process in NAMES:
        assert "monitoring" in namespaces(rules_of(process, "Ingress"), "from")


_PROBES = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
_NO_COMMANDS = ("relay", "backup")
"""These have nothing to say to Temporal."""
_PLACES = ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]


def _process(selector: Document) -> str:
    return str(selector["matchLabels"]["process"])
