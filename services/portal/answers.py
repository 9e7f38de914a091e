"""Reads a service's answer as the model that its contract promises."""

import logging
from functools import cache
from typing import Any, Generic, TypeVar, cast

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError
from typing_extensions import TypeForm

from shared.http.problems import Problem, field_of

T = TypeVar("T")


class Items(BaseModel, Generic[T]):
    """A list in a service's answer, where the list has no pages."""

    items: list[T]


def answer_as(model: TypeForm[T], answer: httpx.Response) -> T:
    """Return the JSON of an answer as `model`. Fields that the model does not know are ignored: a
    service may be newer than the portal. Raises the 502 problem if the answer does not fit; the log
    says which fields, without their values."""
    try:
        read: T = _adapter(cast(Any, model)).validate_json(answer.content)
    except ValidationError as error:
        wrong = {field_of(e["loc"]): e["type"] for e in error.errors(include_input=False)}
        fields = {"path": answer.request.url.path, "model": str(model), "wrong": wrong}
        _log.error("a service's answer does not fit its contract", extra={"fields": fields})
        raise Problem(502, "answer_unreadable") from None
    return read


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


_log = logging.getLogger("lapor.portal")
