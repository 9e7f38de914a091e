"""Calls that a page makes side by side renew its session once, whenever their refusals come."""

import asyncio
from typing import Any, cast

from services.portal.page_request import PageRequest
from services.portal.service_calls import Refusal
from services.portal.session_renewal import Renewal
from services.portal.sessions import Session, TokenPair


class _Renewals:
    """Gives `next of X` for X, and remembers what was renewed."""

    def __init__(self) -> None:
        self.used: list[str] = []

    async def of(self, request: object, service: str, refresh: str) -> TokenPair:
        self.used.append(refresh)
        await asyncio.sleep(0)
        return TokenPair(access=f"access {len(self.used)}", refresh=f"next of {refresh}")


async def test_a_refusal_that_comes_after_the_renewal_does_not_renew_the_new_session() -> None:
    renewals = _Renewals()
    page_request = PageRequest.__new__(PageRequest)
    page_request.site, page_request.request = "panel", cast(Any, None)
    page_request.session = Session(tokens=TokenPair(access="run out", refresh="first"))
    page_request._renewal = cast(Renewal, renewals)
    page_request._renewing = asyncio.Lock()
    renewed = asyncio.Event()

    async def at_once(token: str | None) -> str | None:
        if token == "run out":
            raise Refusal(401, {})
        renewed.set()
        return token

    async def late(token: str | None) -> str | None:
        if token == "run out":
            await renewed.wait()
            raise Refusal(401, {})
        return token

    calls = [at_once, at_once, late, late]
    answers = await asyncio.gather(*(page_request._as_signed_in(call, None) for call in calls))
    assert answers == ["access 1"] * 4
    assert renewals.used == ["first"]
