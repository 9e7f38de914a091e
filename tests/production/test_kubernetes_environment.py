"""Every process starts in the environment that Kubernetes makes of the manifests, and around it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.credentials import load_or_create
from shared.settings import SECRETS_OF

FOLDER = Path(__file__).parents[2] / "deploy" / "production" / "kubernetes"
DOCUMENTS: list[dict[str, Any]] = [
    document
    for name in ("processes.yaml", "migrate.yaml", "settings.yaml")
    for document in yaml.safe_load_all((FOLDER / name).read_text())
]


def _of_kind(kind: str) -> list[dict[str, Any]]:
    return [document for document in DOCUMENTS if document["kind"] == kind]


def _links(service: str, port: int) -> dict[str, str]:
    """What a container is told of a Service of its namespace, as the documentation of Kubernetes
    has it."""
    name, address = service.upper().replace("-", "_"), "10.96.0.17"
    tcp = f"{name}_PORT_{port}_TCP"
    return {
        f"{name}_SERVICE_HOST": address,
        f"{name}_SERVICE_PORT": str(port),
        f"{name}_PORT": f"tcp://{address}:{port}",
        tcp: f"tcp://{address}:{port}",
        f"{tcp}_PROTO": "tcp",
        f"{tcp}_PORT": str(port),
        f"{tcp}_ADDR": address,
    }


@pytest.mark.parametrize("process", SECRETS_OF)
def test_a_process_takes_the_environment_it_is_given(process: str, tmp_path: Path) -> None:
    [config] = [d["data"] for d in _of_kind("ConfigMap")]
    known = load_or_create(tmp_path)
    names = {f"LAPOR_{name.upper()}" for name in SECRETS_OF[process]}
    environment = {**config, **{name: known.application[name] for name in names}}
    ports = {d["metadata"]["name"]: d["spec"]["ports"][0]["port"] for d in _of_kind("Service")}
    assert ports
    # Also those that a cluster may have beside ours.
    beside = {"lapor-postgres": 5432, "lapor-nats": 4222, "lapor-temporal": 7233}
    beside |= {"lapor-temporal-ui": 8080, "lapor-nats-monitor": 8222, "lapor-operations": 9000}
    for service, port in {**ports, **beside}.items():
        environment |= _links(service, port)
    program = (
        f"from shared.settings import settings; own = settings({process!r});"
        " print(own.intake_port, own.portal_port, own.nats_port, own.temporal_address)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["8001", "8000", "4222", config["LAPOR_TEMPORAL_ADDRESS"]]


def test_a_port_that_is_no_number_is_still_refused() -> None:
    from pydantic import ValidationError

    from shared.settings import Settings

    with pytest.raises(ValidationError):
        Settings(intake_port="eight thousand")


def test_pods_are_not_told_of_services() -> None:
    pods = [d["spec"]["template"]["spec"] for d in [*_of_kind("Deployment"), *_of_kind("Job")]]
    assert pods
    assert all(pod["enableServiceLinks"] is False for pod in pods)


def test_no_image_is_whatever_happens_to_be_newest() -> None:
    version = re.search(
        r'^version = "(.+)"$', (FOLDER.parents[2] / "pyproject.toml").read_text(), re.M
    )
    assert version
    [image] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["images"]
    assert image["newTag"] == version[1]
    compose = yaml.safe_load((FOLDER.parent / "compose.yaml").read_text())
    for name, service in compose["services"].items():
        tag = service["image"].partition(":")[2]
        assert tag and not tag.startswith("latest"), name
    example = (FOLDER.parent / "environment.example").read_text()
    assert f"LAPOR_VERSION={version[1]}\n" in example


def test_compose_wants_to_know_its_proxy_and_keeps_the_portal_from_what_it_need_not_reach() -> None:
    compose = yaml.safe_load((FOLDER.parent / "compose.yaml").read_text())
    assert compose["x-environment"]["FORWARDED_ALLOW_IPS"] == "${FORWARDED_ALLOW_IPS:?}"
    services = compose["services"]
    portal = services["portal"]
    assert portal["volumes"] == []
    assert not any("TEMPORAL" in name or "DATABASE" in name for name in portal["environment"])
    for name in ("postgres", "nats", "temporal", "temporal-ui"):
        assert not set(services[name]["networks"]) & set(portal["networks"]), name
    assert services["temporal"]["environment"]["TEMPORAL_TLS_REQUIRE_CLIENT_AUTH"] == "true"
    for name in ("intake", "routing", "followup", "reporting"):
        assert set(portal["networks"]) < set(services[name]["networks"]), name
