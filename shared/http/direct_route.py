"""A faster way through HTTP for endpoints with very many requests (decision 52)."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from shared.values.strict_json import RepeatedMemberError, read_strictly

Form = TypeVar("Form", bound=BaseModel)
Answer = Callable[[Request, Form, UUID], Awaitable[Response | None]]
"""Handles the form and the key of a request for a caller who is not signed in. None: it has done
nothing, and the request goes the ordinary way."""


def direct_route(form: type[Form], answer: Answer[Form]) -> type[APIRoute]:
    """The route of an endpoint that takes only `form` as JSON and an `Idempotency-Key`, and is open
    to everybody.

    A request of a caller who is not signed in is read and checked here and given to `answer` if it
    has no error. Every other request goes through FastAPI, which also documents the endpoint: only
    it knows how to refuse. Nothing is counted before that.
    """

    class DirectRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            ordinary = super().get_route_handler()

            async def handle(request: Request) -> Response:
                key = _key_of_plain(request)
                if key is None:
                    return await ordinary(request)
                try:
                    read = form.model_validate(read_strictly(await request.body()))
                except (ValidationError, RepeatedMemberError, ValueError, RecursionError):
                    return await ordinary(request)
                return await answer(request, read, key) or await ordinary(request)

            return handle

    return DirectRoute


def _key_of_plain(request: Request) -> UUID | None:
    """The key of a JSON request of a caller who is not signed in; a new key if it names none.

    None for any other request, and if the key is no UUID.
    """
    scope = request.scope
    if scope["query_string"]:
        return None
    sent: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            if name in sent:
                return None
            sent[name] = value
    if b"authorization" in sent or sent.get(b"content-type") not in _JSON:
        return None
    if (key := sent.get(b"idempotency-key")) is None:
        return uuid4()
    try:
        return UUID(key.decode("ascii")) if len(key) == _UUID_LENGTH else None
    except ValueError:
        return None


_READ: Final = frozenset({b"authorization", b"content-type", b"idempotency-key"})
_JSON: Final = frozenset({b"application/json", b"application/json; charset=utf-8"})
_UUID_LENGTH: Final = 36
"""The length of a UUID as text."""
