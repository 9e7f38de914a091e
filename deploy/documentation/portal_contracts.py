"""Generates, from the services' OpenAPI documents, the models with which the portal reads their
answers: those that the portal imports, and the models of their fields."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from deploy.credentials import load_or_create
from shared.settings import Settings

PORTAL: Final = Path(__file__).parents[2] / "services" / "portal"
SERVICES: Final = ("intake", "routing", "followup", "reporting", "notification")

_HEADER: Final = '''"""What {service} answers, as far as the portal reads it. Made by `make docs`
from the models of {service} and the imports of the portal; not to be edited."""'''
_REF: Final = "#/components/schemas/"
_READ: Final = frozenset(
    {"type", "format", "items", "properties", "additionalProperties", "anyOf", "const", "$ref"}
)
"""The keys of a schema that say how to read an answer. Limits, patterns and the codes of an
enumeration are the service's business: a newer service may answer with a code that the portal does
not know."""
_FORMATS: Final = ("date", "date-time")
"""Other formats, such as those of ids, are plain texts for the portal, which passes them on
unchanged."""


def module(service: str) -> Path:
    """Return the path of a service's models."""
    return PORTAL / "contracts" / f"{service}.py"


def models(service: str) -> str:
    """Return the text of that module. Raises KeyError if the portal imports a name that is not a
    model of the service."""
    from datamodel_code_generator import InputFileType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import PythonVersion

    schemas = document(service)["components"]["schemas"]
    names = sorted(_with_parts(_imported(service), schemas))
    read = {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "1"},
        "paths": {},
        "components": {"schemas": {name: _as_read(schemas[name], schemas) for name in names}},
    }
    text = generate(
        json.dumps(read),
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        custom_file_header=_HEADER.format(service=service),
        strict_refs=True,
        use_object_type=True,
        strict_nullable=True,
        formatters=[],
    )
    return _formatted(str(text), module(service))


def document(service: str) -> dict[str, Any]:
    """Return the OpenAPI document of a service as it is served. This makes no connection."""
    with TemporaryDirectory() as folder:
        secrets = load_or_create(Path(folder)).application
        values = {name.removeprefix("LAPOR_").lower(): value for name, value in secrets.items()}
        settings = Settings.model_validate(
            values | {"data_dir": folder, "database_url": "postgresql+psycopg://nowhere/lapor"}
        )
        made: dict[str, Any] = import_module(f"services.{service}.app").make_app(settings).openapi()
    return made


def _imported(service: str) -> set[str]:
    """Return the names that modules of the portal import from the contract of this service."""
    contract, names = f"services.portal.contracts.{service}", set[str]()
    for path in PORTAL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == contract:
                names |= {alias.name for alias in node.names}
    return names


def _with_parts(names: set[str], schemas: Mapping[str, Any]) -> set[str]:
    """Return the names with those of the models of their fields, and so on."""
    complete, waiting = set[str](), [*names]
    while waiting:
        name = waiting.pop()
        if name not in complete and "enum" not in schemas[name]:
            complete.add(name)
            waiting += _referred_to(schemas[name])
    return complete


def _referred_to(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict) and "$ref" in schema:
        yield schema["$ref"].removeprefix(_REF)
    parts = schema.values() if isinstance(schema, dict) else schema
    for part in parts if isinstance(schema, dict | list) else ():
        yield from _referred_to(part)


def _as_read(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema without what a reader does not need. A service of the previous version
    leaves out fields that it does not know, so optional fields have a default."""
    if "enum" in schemas.get(schema.get("$ref", "").removeprefix(_REF), ()):
        return {"type": "string"}
    read = {name: value for name, value in schema.items() if name in _READ}
    if read.get("format") not in _FORMATS:
        read.pop("format", None)
    if isinstance(read.get("additionalProperties"), bool):
        del read["additionalProperties"]  # a newer service may answer with more
    for name, value in read.items():
        if name in ("items", "additionalProperties"):
            read[name] = _as_read(value, schemas)
        elif name == "anyOf":
            read[name] = [_as_read(part, schemas) for part in value]
        elif name == "properties":
            read[name] = {field: _as_read(part, schemas) for field, part in value.items()}
    if "properties" not in read:
        return read
    needed = []
    for name, field in read["properties"].items():
        if (nothing := _nothing(field)) is None:
            needed.append(name)
        else:
            field |= nothing
    return read | {"required": needed}


def _nothing(field: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the default of a field that may be left out; None if the field is required."""
    if {"type": "null"} in field.get("anyOf", ()):
        return {"default": None}
    defaults: dict[str, Any] = {"boolean": False, "array": []}
    kind = field.get("type")
    return {"default": defaults[kind]} if kind in defaults else None


def _formatted(text: str, path: Path) -> str:
    for command in (["check", "--fix-only"], ["format"]):
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            *command,
            "--quiet",
            "--stdin-filename",
            str(path),
            "-",
        ]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout
    return text


if __name__ == "__main__":
    for service in SERVICES:
        module(service).write_text(models(service))
