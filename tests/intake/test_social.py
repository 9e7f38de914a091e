"""A post on X becomes a report, once."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.settings import Settings
from tests.intake.conftest import ADMIN, CITY, Bearer, Country, form, running
from tests.intake.x_server import PROTECTED_POST, SAMPLE_POST, TOKEN, XServer
from tests.intake.x_server import running as running_x

URL = f"https://x.com/wargabaik/status/{SAMPLE_POST}"


def post(**changes: Any) -> dict[str, Any]:
    filled = form() | {"url": URL, "author": "@wargabaik"} | changes
    del filled["reporter"]
    return filled


@pytest.fixture
async def x() -> AsyncIterator[XServer]:
    async with running_x(XServer()) as server:
        yield server


async def test_a_post_is_shown_then_created_then_refused(
    settings: Settings, country: Country, bearer: Bearer, x: XServer
) -> None:
    connected = settings.model_copy(update={"x_api_base_url": x.url, "x_api_token": TOKEN})
    headers = bearer(ADMIN)
    async with running(connected) as intake:
        assert (await intake.get("/channels/x", headers=headers)).json() == {"connected": True}
        shown = await intake.get("/channels/x/posts", params={"url": URL}, headers=headers)
        assert shown.status_code == 200, shown.text
        preview = shown.json()
        assert (preview["author"], preview["number"]) == ("wargabaik", None)
        filled = post(body=preview["text"], author=preview["author"])
        created = await intake.post("/channels/x/reports", json=filled, headers=headers)
        assert created.status_code == 201, created.text
        number = created.json()["number"]
        for again in (filled, post(url=SAMPLE_POST, title="Judul lain")):
            refused = await intake.post("/channels/x/reports", json=again, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (409, "post_reported")
            assert refused.json()["number"] == number
        shown = await intake.get("/channels/x/posts", params={"url": URL}, headers=headers)
        assert shown.json()["number"] == number
    assert country.one("SELECT channel, handler_id FROM lifecycle.report") == ("x", CITY)
    assert country.one("SELECT post_id, number FROM intake.social_post") == (SAMPLE_POST, number)
    assert "wargabaik" not in country.everything_in("intake.social_post")
    assert "wargabaik" not in country.everything_in("intake.submission")


async def test_without_the_api_the_admin_pastes(
    intake: httpx.AsyncClient, country: Country, bearer: Bearer
) -> None:
    headers = bearer(ADMIN)
    assert (await intake.get("/channels/x", headers=headers)).json() == {"connected": False}
    asked = await intake.get("/channels/x/posts", params={"url": URL}, headers=headers)
    assert (asked.status_code, asked.json()["code"]) == (409, "x_not_configured")
    created = await intake.post("/channels/x/reports", json=post(), headers=headers)
    assert created.status_code == 201
    assert (await intake.post("/channels/x/reports", json=post())).status_code == 401


async def test_what_x_says_is_passed_on(
    settings: Settings, country: Country, bearer: Bearer, x: XServer
) -> None:
    connected = settings.model_copy(update={"x_api_base_url": x.url, "x_api_token": TOKEN})
    async with running(connected) as intake:

        async def asked(url: str) -> tuple[int, str]:
            answer = await intake.get(
                "/channels/x/posts", params={"url": url}, headers=bearer(ADMIN)
            )
            return answer.status_code, answer.json()["code"]

        assert await asked("1") == (404, "post_not_found")
        assert await asked(PROTECTED_POST) == (404, "post_not_visible")
        assert await asked("https://contoh.id/1") == (422, "validation")
        x.status = 503
        assert await asked(SAMPLE_POST) == (503, "x_unavailable")
