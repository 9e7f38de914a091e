"""Keyset paging: `{items, next}`, where `next` is an opaque cursor."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field, ValidationError

from shared.http.problems import FieldError, validation
from shared.privacy.identity import IdentityCipher, InvalidToken

T = TypeVar("T")
Position = TypeVar("Position", bound=BaseModel)

PageSize = Annotated[int, Query(ge=1, le=100, description="The largest number of items")]
"""Use as `limit: PageSize = 25`."""

Cursor = Annotated[
    str | None,
    Query(max_length=1000, description="`next` of the preceding page; omitted for the first page"),
]
"""Use as `cursor: Cursor = None`."""


class Page(BaseModel, Generic[T]):
    """One page of a listing."""

    items: list[T]
    next: str | None = Field(description="The cursor of the next page; null on the last")


def encode_cursor(position: BaseModel) -> str:
    """The cursor of the next page, from a small model of the last item's sort keys.

    It is not secret (`seal_cursor` is), and not trusted when it comes back: authority is checked
    again.
    """
    return base64.urlsafe_b64encode(position.model_dump_json().encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, position: type[Position]) -> Position | None:
    """The position in a cursor, None for the first page.

    A cursor of another listing is a 422 on the field `cursor`.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return position.model_validate_json(
            base64.b64decode(padded.encode(), altchars=b"-_", validate=True)
        )
    except (binascii.Error, UnicodeEncodeError, ValidationError):
        raise validation(FieldError("cursor", "cursor_invalid")) from None


def seal_cursor(position: BaseModel, cipher: IdentityCipher) -> str:
    """Like `encode_cursor`, for a position that contains more than the rows show.

    Nobody else can read it, or make one to ask what comes after it.
    """
    return cipher.encrypt(position.model_dump_json()).decode()


def open_cursor(
    cursor: str | None, position: type[Position], cipher: IdentityCipher
) -> Position | None:
    """The position in a sealed cursor; a 422 on `cursor` if this service did not seal it."""
    if cursor is None:
        return None
    try:
        return position.model_validate_json(cipher.decrypt(cursor))
    except (InvalidToken, ValueError):
        raise validation(FieldError("cursor", "cursor_invalid")) from None
