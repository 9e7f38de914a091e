"""The manifests name the processes, settings and exports that the code has."""

from pathlib import Path
from typing import Any

import yaml

from deploy.credentials import ROLES, SECRETS
from deploy.local.processes import KEEPER
from deploy.local.processes import PROCESSES as ON_ONE_MACHINE
from deploy.nats.permissions import USERS
from shared.settings import AUTHORITY, SECRETS_OF, Settings
from tests.production.manifests import config, containers, of_kind

FOLDER = Path(__file__).parents[2] / "deploy" / "production"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
PROCESSES = (*ON_ONE_MACHINE, KEEPER)
MODULES = {process.name: process.module for process in PROCESSES}


def test_compose_runs_every_process_with_its_own_role_and_secrets() -> None:
    services = COMPOSE["services"]
    assert {n: services[n]["command"][-1] for n in MODULES} == MODULES
    for process in PROCESSES:
        environment = services[process.name]["environment"]
        url = environment.get("LAPOR_DATABASE_URL")
        assert (url is None) == (process.role is None)
        assert url is None or f"//{process.role}:" in url
        secrets = {f"LAPOR_{name.upper()}" for name in SECRETS}
        assert secrets & environment.keys() == {
            f"LAPOR_{n.upper()}" for n in SECRETS_OF[process.name]
        }


def test_kubernetes_runs_every_process_with_its_own_secret() -> None:
    assert {name: made["command"][-1] for name, made in containers().items()} == MODULES
    for name, container in containers().items():
        secrets = [source.get("secretRef", {}).get("name") for source in container["envFrom"]]
        assert secrets == [None, f"lapor-{name}"]


def test_the_guide_names_what_each_process_is_told() -> None:
    guide = (FOLDER.parents[1] / "docs" / "operating" / "production.md").read_text()
    rows = [line.split("|") for line in guide.splitlines() if line.startswith("| ")]
    variables = {name: row[3] for row in rows for name in row[1].replace(" ", "").split(",")}
    for name, secrets in SECRETS_OF.items():
        assert {s for s in SECRETS if f"LAPOR_{s.upper()}`" in variables[name]} == set(secrets)


def test_the_operations_port_is_reached_from_inside_alone() -> None:
    for service in of_kind("Service"):
        assert [port["port"] for port in service["spec"]["ports"]] != [9000]
    for service in COMPOSE["services"].values():
        assert not any("9000" in port for port in service.get("ports", ()))
    scraped = yaml.safe_load((FOLDER.parent / "dashboards" / "prometheus.yaml").read_text())
    targets = [t for c in scraped["scrape_configs"][0]["static_configs"] for t in c["targets"]]
    assert sorted(targets) == sorted(f"{process.name}:9000" for process in PROCESSES)


def test_every_setting_named_is_one() -> None:
    settings = {f"LAPOR_{name.upper()}" for name in Settings.model_fields}
    named = {*COMPOSE["x-environment"], *config()} - {"FORWARDED_ALLOW_IPS", "SSL_CERT_FILE"}
    assert named <= settings


def test_every_variable_of_compose_is_in_the_example() -> None:
    example = (FOLDER / "environment.example").read_text()
    passwords = {f"{role.upper()}_PASSWORD" for role in ROLES}
    passwords |= {f"LAPOR_{name.upper()}" for name in SECRETS}
    passwords |= {f"LAPOR_{name.upper()}" for name in AUTHORITY}
    passwords |= {f"{user.upper()}_NATS_CREDS" for user in USERS}
    for variable in passwords | {"POSTGRES_PASSWORD"}:
        assert f"{variable}=" in example


def test_compose_has_every_process_be_its_own_user_of_nats_and_nobody_the_operator() -> None:
    keys = {f"LAPOR_{name.upper()}" for name in AUTHORITY}
    for process in PROCESSES:
        environment = COMPOSE["services"][process.name]["environment"]
        expected = f"${{{process.name.upper()}_NATS_CREDS:?}}" if process.role else None
        assert environment.get("LAPOR_NATS_CREDS") == expected
        assert not keys & environment.keys()
    assert keys <= COMPOSE["services"]["commands"]["environment"].keys()
