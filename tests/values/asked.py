"""Every field that any service takes, found in the code: none can be forgotten here."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, NamedTuple, get_args

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

import services


class AskedField(NamedTuple):
    """A field of what is sent as JSON, or a parameter of an address."""

    name: str
    of: Any
    annotation: Any

    def __str__(self) -> str:
        return f"{getattr(self.of, '__name__', 'address')}.{self.name}"

    def take(self, value: object) -> object:
        """What the service makes of the value. Raises ValidationError."""
        if isinstance(self.of, type) and issubclass(self.of, BaseModel):
            metadata = self.of.model_fields[self.name].metadata
            field: Any = Annotated[(self.annotation, *metadata)] if metadata else self.annotation
            return TypeAdapter(field).validate_python(value)
        taken, errors = self.of.validate(value, {}, loc=(self.name,))
        if errors:
            raise ValidationError.from_exception_data(self.name, [])
        return taken


@cache
def asked_fields() -> tuple[AskedField, ...]:
    """Fields of all bodies, forms and addresses, those of models within models included."""
    _import_all()
    fields: dict[str, AskedField] = {}
    for model in _models():
        for name, info in model.model_fields.items():
            field = AskedField(name, model, info.annotation)
            fields[f"{model.__module__}.{field}"] = field
    for route in _routes():
        for dependant in _dependants(route.dependant):
            for parameter in (*dependant.query_params, *dependant.path_params):
                annotation = parameter.field_info.annotation
                if not _is_model(annotation):
                    key = f"{route.path}?{parameter.name}"
                    fields[key] = AskedField(parameter.name, parameter, annotation)
    return tuple(fields.values())


def holds(annotation: Any, *kinds: type) -> bool:
    """Whether one of these types is somewhere in the annotation."""
    return annotation in kinds or any(holds(part, *kinds) for part in get_args(annotation))


def is_of_time(field: AskedField) -> bool:
    return holds(field.annotation, date, datetime, AwareDatetime)


def is_of_a_body(field: AskedField) -> bool:
    """Whether it is sent as JSON or in a form, not in an address or between our own parts."""
    return _is_model(field.of) and not field.of.__name__.startswith("_")


def _import_all() -> None:
    for module in pkgutil.walk_packages(services.__path__, "services."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _routes() -> Iterator[APIRoute]:
    for name, module in list(sys.modules.items()):
        if name.startswith(("services.", "shared.")):
            for value in vars(module).values():
                if isinstance(value, APIRouter):
                    yield from (route for route in value.routes if isinstance(route, APIRoute))


def _models() -> Iterator[type[BaseModel]]:
    """Bodies of endpoints, and every form that refuses what it does not know."""
    seen: set[type[BaseModel]] = set()
    waiting: list[object] = [model for model in _subclasses(BaseModel) if _is_form(model)]
    for route in _routes():
        for dependant in _dependants(route.dependant):
            asked = (*dependant.body_params, *dependant.query_params)
            waiting += [p.field_info.annotation for p in asked]
    while waiting:
        annotation: Any = waiting.pop()
        waiting += get_args(annotation)
        if _is_model(annotation) and annotation not in seen:
            seen.add(annotation)
            yield annotation
            waiting += [info.annotation for info in annotation.model_fields.values()]


def _is_form(model: type[BaseModel]) -> bool:
    ours = model.__module__.startswith("services.")
    of_gateway = model.__module__ == "services.intake.sms.messages"  # read from a raw body
    return ours and (model.model_config.get("extra") == "forbid" or of_gateway)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _subclasses(of: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for subclass in of.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for below in dependant.dependencies:
        yield from _dependants(below)
