"""Requests lose nothing silently: a field that nobody reads, or that comes twice, is refused."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant

from shared.http.problems import FieldError, validation
from shared.strict_json import RepeatedMemberError, refuse_repeated_members


async def nothing_lost(request: Request) -> None:
    """A dependency of every endpoint of an API that changes something. Raises the 422 problem that
    names the field: one in the address that the endpoint does not declare, or a member that comes
    twice in a JSON body."""
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
    for field in dependant.query_params:
        yield field.alias
    for dependency in dependant.dependencies:
        yield from _query_parameters(dependency)
