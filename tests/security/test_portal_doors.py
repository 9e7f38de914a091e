"""Every page of the portal: the panel is closed to strangers, no form is taken from elsewhere."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.portal import panel, public, uploading
from services.portal.app import create
from services.portal.sessions import Cookies, Session, TokenPair
from shared.settings import Settings

SECRET = "c" * 40
OPEN = {"/panel/masuk", "/panel/faktor-kedua", "/panel/sandi", "/panel/statistik"}
"""What stands before the sign-in, or only points to a page behind it."""


BY_ITS_TOKEN = "/berhenti/{token}"
"""*Jangan hubungi saya*: a mail program posts there by itself (RFC 8058), and has no visit."""


@pytest.fixture(scope="module")
def portal() -> FastAPI:
    # Nobody listens there: a page that asked a service before it asked who comes would say so.
    nowhere = "http://127.0.0.1:1"
    services = {f"{name}_url": nowhere for name in ("intake", "routing", "followup", "reporting")}
    return create(Settings.model_validate(services | {"cookie_secret": SECRET}))


@pytest.fixture
async def stranger(portal: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(portal, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
        yield client


def pages(method: str) -> list[str]:
    """The paths that take this method."""
    routers = (uploading.router, *public.routers, *panel.routers)
    routes = [route for router in routers for route in router.routes]
    matching = [r for r in routes if isinstance(r, APIRoute) and method in (r.methods or ())]
    return sorted({route.path for route in matching})


async def test_nobody_enters_the_panel_without_signing_in(
    stranger: httpx.AsyncClient,
) -> None:
    closed = [path for path in pages("GET") if path.startswith("/panel")]
    assert len(closed) > 25
    for path in closed:
        if path in OPEN:
            continue
        answers = [await stranger.get(address) for address in _filled(path)]
        assert 303 in {answer.status_code for answer in answers}, path
        for answer in answers:
            if answer.status_code != 404:  # the other kind of value
                assert answer.headers["location"].startswith("/panel/masuk"), path


async def test_no_form_is_taken_that_is_not_of_the_same_visit(
    stranger: httpx.AsyncClient,
) -> None:
    forms = pages("POST")
    assert len(forms) > 30
    signed_in = Session(tokens=TokenPair(access="a", refresh="b"))
    sealed = Cookies(SECRET, secure=False)._fernet.encrypt(signed_in.model_dump_json().encode())
    stranger.cookies = httpx.Cookies(
        {"lapor_panel": sealed.decode(), "lapor_sesi": sealed.decode()}
    )
    for path in forms:
        if path == BY_ITS_TOKEN:
            continue
        answers = [
            await stranger.post(address, data={"csrf": "elsewhere"}) for address in _filled(path)
        ]
        statuses = {answer.status_code for answer in answers}
        assert 403 in statuses and statuses <= {403, 404}, path


def _filled(path: str) -> list[str]:
    """With numbers, and with ids, that could be there: one of the two fits."""
    known = {"kind": "tags", "name": "archive", "year": "2026", "number": "7", "channel": "email"}
    known |= {"decision": "accept", "what": "batal"}
    if path.startswith("/panel/persetujuan"):
        known["decision"] = "grant"
    known["action"] = "follow_up" if path.startswith("/panel") else "reply"

    def with_value(value: str) -> str:
        return re.sub(r"\{(\w+)(:\w+)?\}", lambda name: known.get(name[1], value), path)

    return [with_value("7"), with_value("00000000-0000-4000-8000-000000000007")]
