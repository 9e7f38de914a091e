"""Idempotency-Key and If-Match: do a thing once, and only to the version that was seen."""

import re
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, Header, Request

from shared.http.callers import client_address
from shared.http.problems import FieldError, validation
from shared.http.tokens import Partner, Principal, Reporter, Staff


async def command_id(
    idempotency_key: Annotated[
        UUID | None,
        Header(
            description="A UUID that the caller chooses. The same key again returns the first "
            "outcome, or 409 if the content differs"
        ),
    ] = None,
) -> UUID:
    """The key of this request: its Idempotency-Key, or else a new one."""
    return idempotency_key or uuid4()


def asker_of(principal: Principal) -> str:
    """The owner of a key, so that two callers with the same key do not meet."""
    match principal:
        case Staff():
            return f"staff:{principal.id}"
        case Reporter():
            return f"reporter:{principal.account_id}"
        case Partner():
            return f"partner:{principal.system}"
        case _:
            return f"bearer:{principal.number}"


def anonymous_caller(request: Request) -> str:
    """Like `asker_of`, for a caller who is not signed in: everybody at this address."""
    return f"address:{client_address(request)}"


async def if_match(
    if_match: Annotated[
        str | None,
        Header(description='The version that was seen, as in the ETag: `"7"`', max_length=100),
    ] = None,
) -> int | None:
    """The version the caller saw; None without the header or for `*`. Anything else is a 422."""
    if if_match is None or if_match.strip() == "*":
        return None
    if not (match := _ETAG.fullmatch(if_match.strip())):
        raise validation(FieldError("if-match", "etag_invalid"))
    return int(match[1])


CommandId = Annotated[UUID, Depends(command_id)]
IfMatch = Annotated[int | None, Depends(if_match)]


def etag(version: int) -> str:
    """The ETag header for this version."""
    return f'"{version}"'


_ETAG = re.compile(r'"(\d{1,18})"', re.ASCII)
