"""The network lets a process ask the services that its code asks, and no others."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import grimp
import pytest
import yaml

from deploy.local.processes import KEEPER
from deploy.local.processes import PROCESSES as ON_ONE_MACHINE
from tests.production.manifests import config, containers, of_kind
from tests.production.network_policies import lets_through, selects

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load(
    (ROOT / "deploy" / "production" / "compose.yaml").read_text()
)
PROCESSES = (*ON_ONE_MACHINE, KEEPER)
SERVICES = {process.name for process in PROCESSES if process.port and process.role}


@pytest.mark.parametrize("process", [process.name for process in PROCESSES])
def test_a_cluster_lets_a_process_ask_the_services_that_it_calls_and_no_others(
    process: str,
) -> None:
    for service in SERVICES - {process}:
        out, into = (lets_through(process, service, way) for way in ("Egress", "Ingress"))
        assert out == into == (service in _called_by(process)), (process, service)


def test_each_service_is_called_by_the_address_it_has_in_a_cluster() -> None:
    for name in SERVICES:
        address = urlsplit(config()[f"LAPOR_{name.upper()}_URL"])
        [service] = [s for s in of_kind("Service") if s["metadata"]["name"] == address.hostname]
        assert selects({"matchLabels": service["spec"]["selector"]}, name)
        assert [port["port"] for port in service["spec"]["ports"]] == [address.port]
        assert address.port in [port["containerPort"] for port in containers()[name]["ports"]]


def test_in_compose_who_calls_a_service_is_on_a_network_with_it_and_knows_its_address() -> None:
    services = COMPOSE["services"]
    for process in PROCESSES:
        for called in _called_by(process.name):
            assert {*services[process.name]["networks"]} & {*services[called]["networks"]}
            address = urlsplit(services[process.name]["environment"][f"LAPOR_{called.upper()}_URL"])
            assert address.hostname == called
            assert any(port.endswith(f":{address.port}") for port in services[called]["ports"])


def test_who_calls_whom_is_seen_in_the_code() -> None:
    """Else the tests above compare nothing."""
    assert _called_by("portal") == SERVICES
    assert "routing" in _called_by("intake")
    assert _called_by("relay") == set()


@cache
def _called_by(process: str) -> set[str]:
    """The services whose addresses the code of this process reads."""
    modules = {description.name: description.module for description in PROCESSES}
    start = modules[process]
    graph = _imports()
    if f"{start}.__main__" in graph.modules:
        start = f"{start}.__main__"
    return {
        service
        for module in graph.find_upstream_modules(start) | {start}
        for service in _addresses_read(module)
    } - {process}


@cache
def _imports() -> grimp.ImportGraph:
    packages = "services", "workflows", "shared", "deploy"
    return grimp.build_graph(*packages, cache_dir=None, exclude_type_checking_imports=True)


@cache
def _addresses_read(module: str) -> frozenset[str]:
    path = ROOT / module.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = source.read_text()
    if "_url" not in text:
        return frozenset()
    return frozenset(_services_of(ast.parse(text)))


def _services_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr) and ast.unparse(node).endswith("/reports'"):
        return  # where a partner, not we, reads a report
    if isinstance(node, ast.Attribute) and (name := node.attr.removesuffix("_url")) != node.attr:
        yield from {name} & SERVICES
    for child in ast.iter_child_nodes(node):
        yield from _services_of(child)
