"""The portal reads what the services answer."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.documentation.portal_contracts import PORTAL, SERVICES, document, models, module

READS = re.compile(r"(list|Page|Items)\[(\w+)\]|(\w+)")


@pytest.mark.parametrize("service", SERVICES)
def test_the_models_of_the_portal_are_those_of_the_service(service: str) -> None:
    assert module(service).read_text() == models(service), "run `make docs`"


@pytest.mark.parametrize("service", SERVICES)
def test_each_address_is_read_as_what_the_service_answers_there(service: str) -> None:
    known = document(service)
    reads = [(path, model) for name, path, model in _reads() if name == service]
    for path, model in reads:
        found = [
            operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            for template, operations in known["paths"].items()
            if "get" in operations and re.sub("{[^}]*}", "{}", template) == path
        ]
        assert found, f"{service} has no {path}"
        assert _is(found[0], model, known["components"]["schemas"]), (path, model)
    assert reads or service == "followup"


def _reads() -> Iterator[tuple[str, str, str]]:
    """Service, path with {} for what differs, and model of each `read` in the portal whose path
    stands there, or beside it under a name, and whose model does."""
    for file in PORTAL.rglob("*.py"):
        module = ast.parse(file.read_text())
        for function in ast.walk(module):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            named = _named(module) | _named(function)
            for call in ast.walk(function):
                match call:
                    case ast.Call(
                        func=ast.Attribute(attr="read"),
                        args=[ast.Constant(value=service), path, model],
                    ) if ast.unparse(model) != "model":
                        path = named.get(ast.unparse(path), path)
                        if isinstance(path, ast.Constant | ast.JoinedStr):
                            yield str(service), _pattern(path, named), ast.unparse(model)


def _named(scope: ast.Module | ast.AsyncFunctionDef) -> dict[str, ast.expr]:
    """What stands under a name there."""
    named: dict[str, ast.expr] = {}
    for node in scope.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                named[name] = value
    return named


def _pattern(path: ast.Constant | ast.JoinedStr, named: dict[str, ast.expr]) -> str:
    """The path with {} for what differs."""
    if isinstance(path, ast.Constant):
        return str(path.value)
    pattern = ""
    for part in path.values:
        if isinstance(part, ast.FormattedValue):
            known = named.get(ast.unparse(part.value))
            if isinstance(known, ast.Constant | ast.JoinedStr):
                pattern += _pattern(known, named)
            else:
                pattern += "{}"
        else:
            pattern += ast.literal_eval(part)
    return pattern


def _is(schema: dict[str, Any], model: str, schemas: dict[str, Any]) -> bool:
    match = READS.fullmatch(model)
    assert match, model
    around, inside, alone = match.groups()
    if alone:
        return bool(_name(schema) == alone) or (alone == "Report" and "anyOf" in schema)
    if around == "list":
        return bool(_name(schema["items"]) == inside)
    fields = schemas[_name(schema)]["properties"]
    expected = {"items", "next"} if around == "Page" else {"items"}
    return set(fields) == expected and _name(fields["items"]["items"]) == inside


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
