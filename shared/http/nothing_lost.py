"""Refuses a field that nobody reads, or that comes twice, so that nothing is lost silently."""

from collections.abc import Iterator
from types import NoneType
from typing import get_args

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from shared.http.problems import FieldError, validation
from shared.values.fields import is_odd_number
from shared.values.strict_json import RepeatedMemberError, refuse_repeated_members


async def plain_numbers(request: Request) -> None:
    """A dependency of every endpoint: numbers in an address must be ASCII digits as we write them.

    By itself pydantic would read `1_0` and `+10` as 10. Raises the 422 problem.
    """
    wrong = [
        FieldError(name, "number_needed")
        for name, texts, kind in _numbers(request)
        if any(is_odd_number(text, whole=not _holds(kind, float)) for text in texts)
    ]
    if wrong:
        raise validation(*wrong)


def _numbers(request: Request) -> Iterator[tuple[str, list[str], object]]:
    """The name, texts and type of each number in the address."""
    for dependant in _all_of(request.scope["route"].dependant):
        for field in dependant.path_params:
            if field.alias in request.path_params and _is_number(field.field_info.annotation):
                text = str(request.path_params[field.alias])
                yield field.alias, [text], field.field_info.annotation
        for field in dependant.query_params if request.query_params else ():
            annotation = field.field_info.annotation
            fields = {field.alias: annotation}
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                fields = {name: info.annotation for name, info in annotation.model_fields.items()}
            for name, kind in fields.items():
                if name in request.query_params and _is_number(kind):
                    yield name, request.query_params.getlist(name), kind


def _is_number(annotation: object) -> bool:
    """Whether the annotation takes only numbers, apart from None and lists of numbers."""
    parts = get_args(annotation)
    if not parts:
        return annotation in (int, float)
    return all(part in (NoneType, Ellipsis) or _is_number(part) for part in parts)


def _holds(annotation: object, kind: type) -> bool:
    """Whether the type occurs anywhere in the annotation."""
    return annotation is kind or any(_holds(part, kind) for part in get_args(annotation))


async def nothing_lost(request: Request) -> None:
    """A dependency of every API endpoint that changes something.

    Raises the 422 problem that names the field: one in the address that the endpoint does not
    declare, or a member that comes twice in a JSON body.
    """
    if request.method in _READING:
        return
    if request.query_params:
        known = set(_query_parameters(request.scope["route"].dependant))
        unknown = dict.fromkeys(name for name in request.query_params if name not in known)
        if unknown:
            raise validation(*(FieldError(name, "extra_forbidden") for name in unknown))
    if "json" in request.headers.get("content-type", ""):
        try:
            refuse_repeated_members(await request.body())
        except RepeatedMemberError as error:
            raise validation(FieldError(error.name, "sent_twice")) from None


_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def _query_parameters(dependant: Dependant) -> Iterator[str]:
    for dependency in _all_of(dependant):
        for field in dependency.query_params:
            yield field.alias


def _all_of(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for dependency in dependant.dependencies:
        yield from _all_of(dependency)
