"""Signing in when the service goes away between the password and the person."""

import httpx
from fastapi import FastAPI, Response
from lxml import html

from tests.portal.beside_one_service import served, visiting

TOKENS = {
    "access_token": "a",
    "token_type": "Bearer",
    "expires_in": 900,
    "refresh_token": "r",
    "refresh_expires_at": "2026-12-02T08:00:00+07:00",
}


async def test_who_could_not_be_told_who_they_are_is_asked_to_sign_in_again() -> None:
    routing = FastAPI()

    @routing.post("/sign-in")
    async def sign_in() -> dict[str, object]:
        return TOKENS

    @routing.get("/me")
    async def me(response: Response) -> dict[str, str]:
        response.status_code = 503
        return {"code": "unavailable", "detail": "Layanan sedang tidak tersedia."}

    async with served(routing) as address, visiting(address) as browser:
        asked = await _signs_in(browser)
        assert asked.status_code == 503
        assert html.fromstring(asked.text).xpath("//form[@action='/panel/masuk']")
        assert not html.fromstring(asked.text).xpath("//form[@action='/panel/keluar']")
        again = await browser.get("/panel/tugas")
    assert again.status_code == 303
    assert again.headers["location"].startswith("/panel/masuk")


async def _signs_in(browser: httpx.AsyncClient) -> httpx.Response:
    page = html.fromstring((await browser.get("/panel/masuk")).text)
    form = next(each for each in page.forms if each.get("action") == "/panel/masuk")
    fields = dict(form.form_values()) | {"username": "siti", "password": "rahasia sekali"}
    return await browser.post("/panel/masuk", data=fields)
