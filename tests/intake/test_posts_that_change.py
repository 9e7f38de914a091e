"""Posts that became reports are looked at again: edits are noted, what is gone is forgotten."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.intake.x.api import XApi
from services.intake.x.posts import XError
from services.intake.x.watching import look_again
from shared.database.engine import Database
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings
from tests.intake.conftest import ADMIN, Bearer, Country, running
from tests.intake.test_social import post
from tests.intake.x_server import PROTECTED_POST, SAMPLE_POST, TOKEN, XServer
from tests.intake.x_server import running as running_x

EDITION = "1790000000000000011"
AFTER = "Lampu jalan di Jl. Melati sudah menyala lagi"


class Watched:
    """A report was made of the sample post, and X is asked for it at will."""

    def __init__(self, x: XServer, country: Country, settings: Settings) -> None:
        self.x, self._country, self._settings = x, country, settings

    async def looks(self) -> int:
        """A day later."""
        self._country.all("UPDATE intake.social_post SET looked_at = looked_at - interval '1 day'")
        database = Database(self._settings.database_url, application="test")
        async with httpx.AsyncClient(base_url=self.x.url) as http:
            try:
                cipher = IdentityCipher(self._settings.identity_keys)
                return await look_again(database, XApi(http, TOKEN), cipher)
            finally:
                await database.dispose()

    def noted(self) -> tuple[str | None, str | None, str | None]:
        """Why it is gone, and the words before and after an edit."""
        gone, before, now, key = self._country.one(
            "SELECT p.gone_because, p.words_before, p.words_now, s.holder_key"
            " FROM intake.social_post p JOIN intake.submission s ON s.number = p.number"
        )
        own = HolderCipher(IdentityCipher(self._settings.identity_keys), key)
        return gone, before and own.decrypt(before), now and own.decrypt(now)


@pytest.fixture
async def watched(settings: Settings, country: Country, bearer: Bearer) -> AsyncIterator[Watched]:
    async with running_x(XServer()) as x:
        async with running(settings) as intake:  # without X: it does not look by itself
            answer = await intake.post("/channels/x/reports", json=post(), headers=bearer(ADMIN))
        assert answer.status_code == 201, answer.text
        yield Watched(x, country, settings)


async def test_an_edit_is_noted_with_the_words_before(watched: Watched, country: Country) -> None:
    assert await watched.looks() == 1
    assert watched.noted() == (None, None, None)
    watched.x.edit(SAMPLE_POST, EDITION, AFTER, "2026-11-20T03:00:00.000Z")
    assert await watched.looks() == 1
    gone, before, now = watched.noted()
    assert gone is None and now == AFTER
    assert before is not None and "seminggu" in before
    assert country.one("SELECT edited_at::text FROM intake.social_post").startswith("2026-11-20")
    for words in ("menyala", "seminggu"):
        assert words not in country.everything_in("intake.social_post")


async def test_of_a_deleted_post_only_where_it_was_is_kept(
    watched: Watched, country: Country
) -> None:
    watched.x.edit(SAMPLE_POST, EDITION, AFTER, "2026-11-20T03:00:00.000Z")
    await watched.looks()
    watched.x.answers.clear()
    await watched.looks()
    assert watched.noted() == ("deleted", None, None)
    assert await watched.looks() == 0
    assert "berlubang" in country.one("SELECT original_body FROM lifecycle.report_text")


async def test_a_post_that_was_hidden_may_come_back(watched: Watched, country: Country) -> None:
    country.all("UPDATE intake.social_post SET post_id = %s", PROTECTED_POST)
    await watched.looks()
    assert watched.noted() == ("not_visible", None, None)
    country.all("UPDATE intake.social_post SET post_id = %s", SAMPLE_POST)
    await watched.looks()
    assert watched.noted() == (None, None, None)


async def test_where_x_does_not_answer_it_is_asked_again_within_the_day(
    watched: Watched, country: Country
) -> None:
    watched.x.status = 503
    with pytest.raises(XError):
        await watched.looks()
    assert watched.noted() == (None, None, None)
    watched.x.status = None
    assert await watched.looks() == 1


async def test_posts_of_ended_reports_are_left_alone(watched: Watched, country: Country) -> None:
    country.all("UPDATE lifecycle.report SET tab = 'archived'")
    assert await watched.looks() == 0


@pytest.mark.parametrize("again", ["", "https://x.com/wargabaik/status/102"])
async def test_a_thread_becomes_one_report(
    settings: Settings, country: Country, bearer: Bearer, again: str
) -> None:
    headers = bearer(ADMIN)
    async with running_x(XServer()) as x:
        x.thread(("101", "Lampu mati"), ("102", "sudah seminggu"), ("103", "tolong"))
        x.add("104", "Benar!", username="oranglain", conversation_id="101")
        connected = settings.model_copy(update={"x_api_base_url": x.url, "x_api_token": TOKEN})
        async with running(connected) as intake:
            asked = await intake.get("/channels/x/posts", params={"url": "102"}, headers=headers)
            preview: dict[str, Any] = asked.json()
            filled = post(url=preview["url"], thread=preview["thread"], body=preview["text"])
            made = await intake.post("/channels/x/reports", json=filled, headers=headers)
            assert made.status_code == 201, made.text
            single = post(url=again or "103")
            refused = await intake.post("/channels/x/reports", json=single, headers=headers)
    assert preview["text"] == "Lampu mati\n\nsudah seminggu\n\ntolong"
    kept = country.all("SELECT post_id FROM intake.social_post ORDER BY position")
    assert kept == [("101",), ("102",), ("103",)]
    assert (refused.status_code, refused.json()["number"]) == (409, made.json()["number"])
