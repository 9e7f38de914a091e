"""Every process starts with exactly the command and environment that the manifests, and Kubernetes
around them, give it; as far as it comes where nothing else of the cluster is there."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.credentials import Credentials
from deploy.local.processes import KEEPER, PROCESSES, Description
from shared.settings import SECRETS_OF
from tests.production.manifests import FOLDER, config, containers, of_kind, pods

pytestmark = pytest.mark.slow

_ROOT = FOLDER.parents[2]
_UNSHARE = ["unshare", "--net", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
_OF_EACH_KIND = ("intake", "worker")
"""A service with a database and one without HTTP; the portal, which has none, starts below."""
_ONLY_IN_A_CLUSTER = {"FORWARDED_ALLOW_IPS": "10.0.0.0/16", "LAPOR_BACKUP_DIR": "backups"}
"""What whoever runs the cluster sets, and where a volume of it lies."""


@pytest.fixture(scope="module", autouse=True)
def _namespaces_are_to_be_had() -> None:
    if subprocess.run([*_UNSHARE, "true"], check=False).returncode and not os.environ.get("CI"):
        pytest.skip("this machine gives no namespaces to this user")


@pytest.mark.parametrize(
    "process",
    [
        pytest.param(
            process,
            id=process.name,
            marks=[] if process.name in _OF_EACH_KIND else [pytest.mark.nightly],
        )
        for process in [*PROCESSES, KEEPER]
    ],
)
def test_a_process_lives_where_nothing_it_needs_is_there_yet(
    process: Description, credentials: Credentials, tmp_path: Path
) -> None:
    pod = pods()[process.name]
    [container] = pod["containers"]
    environment = _given(container, process, credentials)
    # Harder than the manifests have it: told of Services too (`enableServiceLinks`), it starts.
    # What a container is given itself comes before that.
    assert pod["enableServiceLinks"] is False
    outcome = _run(container, _of_services() | environment, pod, tmp_path)
    assert outcome["startupProbe"] == outcome["livenessProbe"] == 200, outcome["log"]
    assert outcome["readinessProbe"] == (503 if process.role else 200), outcome["log"]
    assert outcome["alive"], outcome["log"]
    assert outcome["code"] in (0, -15), outcome["log"]


def test_the_portal_needs_none_of_the_services_variables(
    credentials: Credentials, tmp_path: Path
) -> None:
    """As the manifests have it: not told of Services."""
    [portal] = [process for process in PROCESSES if process.name == "portal"]
    container = containers()["portal"]
    environment = _given(container, portal, credentials)
    outcome = _run(container, environment, pods()["portal"], tmp_path)
    assert outcome["readinessProbe"] == 200, outcome["log"]


def test_a_process_whose_settings_were_left_as_they_are_says_so(
    credentials: Credentials, tmp_path: Path
) -> None:
    [routing] = [process for process in PROCESSES if process.name == "routing"]
    container = containers()["routing"]
    left = {"FORWARDED_ALLOW_IPS": config()["FORWARDED_ALLOW_IPS"]}
    environment = _given(container, routing, credentials) | left
    outcome = _run(container, environment, pods()["routing"], tmp_path)
    assert not outcome["alive"]
    assert "FORWARDED_ALLOW_IPS" in outcome["log"]


def _given(
    container: dict[str, Any], process: Description, credentials: Credentials
) -> dict[str, str]:
    """ConfigMap and Secret, in the container's order, over what the image has."""
    secret = {
        f"LAPOR_{name.upper()}": credentials.application[f"LAPOR_{name.upper()}"]
        for name in SECRETS_OF[process.name]
    }
    if process.role:
        database = f"{process.role}:word@primary.postgres:5432/lapor"
        secret |= {
            "LAPOR_DATABASE_URL": f"postgresql+psycopg://{database}",
            "LAPOR_NATS_URL": "tls://nats.nats:4222",
            "LAPOR_NATS_CREDS": str(credentials.nats.user(process.name)),
        }
    sources = {
        "configMapRef": {"lapor": config()},
        "secretRef": {f"lapor-{process.name}": secret},
    }
    environment = {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
    for source in container["envFrom"]:
        [(kind, reference)] = source.items()
        environment |= sources[kind][reference["name"]]
    own = {variable["name"]: variable["value"] for variable in container.get("env", ())}
    return environment | own | _ONLY_IN_A_CLUSTER


def _of_services() -> dict[str, str]:
    """What a container is told of the Services of its namespace, as the documentation of Kubernetes
    has it; also of those that a cluster may have beside ours."""
    ports = {d["metadata"]["name"]: d["spec"]["ports"][0]["port"] for d in of_kind("Service")}
    assert ports
    ports |= {"lapor-postgres": 5432, "lapor-nats": 4222, "lapor-temporal": 7233}
    ports |= {"lapor-temporal-ui": 8080, "lapor-nats-monitor": 8222, "lapor-operations": 9000}
    variables: dict[str, str] = {}
    for service, port in ports.items():
        name, address = service.upper().replace("-", "_"), "10.96.0.17"
        tcp = f"{name}_PORT_{port}_TCP"
        variables |= {
            f"{name}_SERVICE_HOST": address,
            f"{name}_SERVICE_PORT": str(port),
            f"{name}_PORT": f"tcp://{address}:{port}",
            tcp: f"tcp://{address}:{port}",
            f"{tcp}_PROTO": "tcp",
            f"{tcp}_PORT": str(port),
            f"{tcp}_ADDR": address,
        }
    return variables


def _run(
    container: dict[str, Any], environment: dict[str, str], pod: dict[str, Any], folder: Path
) -> dict[str, Any]:
    told = container | {
        "environment": environment,
        "patience": pod["terminationGracePeriodSeconds"],
    }
    done = subprocess.run(
        [*_UNSHARE, sys.executable, "-m", "tests.production.pod"],
        input=json.dumps(told),
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))
