"""Each operation that reads a body says in its service's OpenAPI document what body."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.http.form_parts import refuse_other_parts
from shared.http.nothing_lost import nothing_lost
from shared.http.signing_keys import new_signing_key, public_key_of
from shared.settings import Settings
from tests.contracts.test_documents import SERVICES

READS = re.compile(r"\b[Rr]equest\.(body|json|form|stream)\(")
FOR_ALL = {nothing_lost, refuse_other_parts}
"""What looks at any body that an endpoint declares."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Enough to put a service together: none is started."""
    staff, reporter = new_signing_key(), new_signing_key()
    return Settings(
        data_dir=tmp_path,
        storage_url=f"file://{tmp_path}/files",
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        nats_url="nats://127.0.0.1:1",
        staff_signing_key=staff,
        staff_public_keys=public_key_of(staff),
        reporter_signing_key=reporter,
        reporter_public_keys=public_key_of(reporter),
        identity_keys=Fernet.generate_key().decode(),
        blind_index_key="x" * 32,
        sms_secret="x" * 32,
        cookie_secret="x" * 32,
    )


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_that_reads_a_body_declares_it(service: str, settings: Settings) -> None:
    app = importlib.import_module(f"services.{service}.app").make_app(settings)
    paths = app.openapi()["paths"]
    reading = 0
    for route in _operations(app.routes):
        for method in (route.methods or set()) & {"POST", "PUT", "PATCH"}:
            if any(map(_reads_a_body, _called(route.dependant))) or route.body_field:
                reading += 1
                assert "requestBody" in paths[route.path_format][method.lower()], route.name
    assert reading


def test_the_body_of_the_sms_gateway_is_said_by_field(settings: Settings) -> None:
    app = importlib.import_module("services.intake.app").make_app(settings)
    operation = app.openapi()["paths"]["/channels/sms"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["required"]) == {"id", "from", "text", "received_at"}
    [part, _] = schema["properties"]["concat"]["anyOf"]
    assert set(part["properties"]) == {"ref", "total", "part"}
    assert "webhook-signature" in [parameter["name"] for parameter in operation["parameters"]]


def _operations(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Those of the document, also of the routers that were included."""
    for route in routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield route
        yield from _operations(getattr(getattr(route, "original_router", None), "routes", ()))


def _called(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """The endpoint, and all it depends on."""
    if dependant.call is not None and dependant.call not in FOR_ALL:
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from _called(dependency)


def _reads_a_body(function: Callable[..., Any]) -> bool:
    if not inspect.isroutine(function):
        return False
    return READS.search(inspect.getsource(function)) is not None
