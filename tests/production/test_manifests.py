"""The manifests name the processes, settings and exports that the code has."""

from pathlib import Path
from typing import Any

import yaml

from deploy.local.credentials import ROLES
from deploy.local.processes import PROCESSES
from deploy.partners.accounts import LAPOR_EXPORTS
from shared.settings import Settings

FOLDER = Path(__file__).parents[2] / "deploy" / "production"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
MODULES = {process.name: process.module for process in PROCESSES}


def test_compose_runs_every_process_with_its_own_role() -> None:
    services = COMPOSE["services"]
    assert {n: services[n]["command"][-1] for n in MODULES} == MODULES
    for process in PROCESSES:
        url = services[process.name]["environment"].get("LAPOR_DATABASE_URL")
        assert (url is None) == (process.role is None)
        assert url is None or f"//{process.role}:" in url


def test_kubernetes_runs_every_process() -> None:
    documents = yaml.safe_load_all((FOLDER / "kubernetes" / "processes.yaml").read_text())
    deployments = [d for d in documents if d["kind"] == "Deployment"]
    found = {
        d["metadata"]["labels"]["process"]: d["spec"]["template"]["spec"]["containers"][0]
        for d in deployments
    }
    assert {name: container["command"][-1] for name, container in found.items()} == MODULES
    for process in PROCESSES:
        secrets = [s.get("secretRef", {}).get("name") for s in found[process.name]["envFrom"]]
        own = [f"lapor-{process.role.removeprefix('lapor_')}"] if process.role else []
        assert secrets == [None, "lapor", *own]


def test_every_setting_named_is_one() -> None:
    settings = {f"LAPOR_{name.upper()}" for name in Settings.model_fields}
    config = yaml.safe_load((FOLDER / "kubernetes" / "settings.yaml").read_text())["data"]
    named = {*COMPOSE["x-environment"], *config} - {"FORWARDED_ALLOW_IPS"}
    assert named <= settings


def test_every_variable_of_compose_is_in_the_example() -> None:
    example = (FOLDER / "environment.example").read_text()
    passwords = {f"{role.upper()}_PASSWORD" for role in ROLES}
    for variable in passwords | {"POSTGRES_PASSWORD", "NATS_PASSWORD", "LAPOR_JWT_SECRET"}:
        assert f"{variable}=" in example


def test_nats_exports_what_partners_import() -> None:
    assert LAPOR_EXPORTS in (FOLDER / "nats.conf").read_text()
