"""Finds the values of a request with a NUL character, which Postgres cannot store in a text."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import Request


async def fields_with_nul(request: Request) -> list[str]:
    """The dotted paths of these values: in the address, then in a JSON body that was read
    already."""
    fields = [*_paths(request.path_params), *_paths(dict(request.query_params))]
    if "json" in request.headers.get("content-type", ""):
        try:
            fields += _paths(json.loads(await request.body()))
        except (ValueError, RecursionError):
            return fields
    return list(dict.fromkeys(fields))


def _paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, str) and "\0" in value:
        yield path
    elif isinstance(value, dict):
        for name, inside in value.items():
            yield from _paths(inside, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for position, inside in enumerate(value):
            yield from _paths(inside, f"{path}.{position}" if path else str(position))
