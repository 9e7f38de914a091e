"""A search puts first what fits best, forgives typing errors, and is narrowed by more filters."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.routing.queue import searching, vocabulary
from services.routing.queue.spelling import _errors
from services.routing.queue.vocabulary import gather_words
from shared.clock import now
from shared.database import word_search
from shared.database.engine import Database
from tests.routing.country import Country
from tests.routing.test_owed import FOLLOW_UP, followed
from tests.routing.test_queue import numbers

ADMIN, OFFICER = "admin.kab.bandung", "petugas.pupr.kab.bandung"
BESIDE, BESIDE_CODE = "admin.kemensos", "kemensos"
EVERYWHERE = {"tab": "all", "scope": "below"}


@pytest.fixture(scope="module", autouse=True)
def gathered_by_the_tests_alone() -> Iterator[None]:
    """The service that runs beside them would do it at any moment."""

    async def nothing(_: Database) -> int:
        return 0

    with pytest.MonkeyPatch.context() as service:
        service.setattr(vocabulary, "gather_words", nothing)
        yield


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("block", [2, 100])
async def test_titles_come_before_texts_and_the_number_before_all(
    country: Country, monkeypatch: pytest.MonkeyPatch, limit: int, block: int
) -> None:
    monkeypatch.setattr(searching, "BLOCK", block)
    word = f"waduk{limit}{block}"
    titled = await country.report(title=f"Bendungan {word} retak")
    said = await country.report(body=f"Di dekat {word} ada longsor.")
    newest = await country.report(body=f"Air {word} keruh.")
    search = {**EVERYWHERE, "limit": limit}
    ranked = [titled, newest, said] if block > 2 else [newest, said, titled]
    assert await numbers(country, ADMIN, q=word, **search) == ranked
    numbered = await country.report(body=f"Lihat laporan {said} itu.")
    assert await numbers(country, ADMIN, q=str(said), **search) == [said, numbered]


async def test_a_typing_error_is_corrected_where_nothing_says_the_word(country: Country) -> None:
    for _ in range(3):
        await country.verified(title="Trotoar cibiru rusak")
    secret = [await country.report(title="Mafia pelabuhan", secret=True) for _ in range(3)]
    for number in secret:
        await country.done(ADMIN, number, "verify", country.verification(secret=True))
    await country.rows("DELETE FROM routing.words_gathered")
    database = country.app.state.database
    assert await gather_words(database) > 0
    assert await gather_words(database) == 0

    async def asked(q: str, who: str = ADMIN, **params: object) -> tuple[str | None, int]:
        return await searched(country, who, q, **params)

    words = {word for [word] in await country.rows("SELECT word FROM routing.report_word")}
    assert "trotoar" in words and "pelabuhan" not in words
    assert await asked("trotoar cibiru") == (None, 3)
    assert await asked("trotaor cibiru") == ("trotoar cibiru", 3)
    assert await asked("untuk trotaor yang cibiru") == ("untuk trotoar yang cibiru", 3)
    assert await asked("tortoar") == ("trotoar", 3)
    assert await asked("pelabuahn") == ("pelabuhan", 3)
    assert await asked("pelabuahn", who=BESIDE) == (None, 0)
    assert await asked('"trotaor"') == (None, 0)
    assert await asked("trotoar jembatan") == (None, 0)
    first = (await country.get(ADMIN, "/queue", **EVERYWHERE, q="trotaor", limit=2)).json()
    assert await asked("trotaor", limit=2, cursor=first["next"]) == ("trotoar", 1)


async def test_words_of_reports_that_one_may_search_correct_too_and_of_no_others(
    country: Country,
) -> None:
    """One report is enough, though nobody else may read it."""
    await country.report(title="Kolam cisangkuy bocor", anonymous=True)
    copied = await country.report(title="Tanggul cirasea jebol", body="Banjir di kampung.")
    copies = {"agency_ids": [country.agencies[BESIDE_CODE]]}
    await country.done(ADMIN, copied, "copies", copies)

    async def asked(q: str, who: str, **params: object) -> tuple[str | None, int]:
        return await searched(country, who, q, **params)

    assert await asked("cisangkyu", ADMIN) == ("cisangkuy", 1)
    assert await asked("kolam cisangkyu", "koordinator.jabar") == ("kolam cisangkuy", 1)
    assert await asked("cisangkyu", ADMIN, status="VERIFIED") == (None, 0)
    for who in (BESIDE, OFFICER):
        assert await asked("cisangkyu", who) == (None, 0)
    # A copy shows corrected words only, and there are none yet.
    assert await asked("cirasae", ADMIN) == ("cirasea", 1)
    assert await asked("cirasae", BESIDE, tab="copies") == (None, 0)
    await country.done(ADMIN, copied, "verify", country.verification(title="Tanggul citarik"))
    assert await asked("citarki", BESIDE, tab="copies") == ("citarik", 1)
    assert await asked("cirasae", BESIDE, tab="copies") == (None, 0)


async def test_words_are_read_of_so_many_of_the_newest_reports_alone(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_search, "NEWEST", 2)
    await country.report(title="Saluran cibeureum mampet")
    for _ in range(2):
        await country.report(title="Sampah menumpuk")
    assert await searched(country, ADMIN, "cibeuremu") == (None, 0)
    monkeypatch.setattr(word_search, "NEWEST", 3)
    assert await searched(country, ADMIN, "cibeuremu") == ("cibeureum", 1)
    monkeypatch.setattr(word_search, "FEW", 1)
    assert await searched(country, ADMIN, "sampha") == ("sampah", 2)


async def searched(country: Country, who: str, q: str, **params: object) -> tuple[str | None, int]:
    page = (await country.get(who, "/queue", **{**EVERYWHERE, **params}, q=q)).json()
    return page["corrected"], len(page["items"])


async def test_words_of_a_young_country_are_gathered_within_minutes(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, begun = country.app.state.database, now()
    monkeypatch.setattr(vocabulary, "now", lambda: begun)
    await country.rows("DELETE FROM routing.words_gathered")
    await gather_words(database)
    for _ in range(3):
        await country.verified(title="Gapura cijapati miring")
    assert await gather_words(database) == 0
    monkeypatch.setattr(vocabulary, "now", lambda: begun + timedelta(minutes=3))
    with monkeypatch.context() as grown:
        grown.setattr(vocabulary, "AT_ONCE", 2)
        assert await gather_words(database) == 0  # every some hours
    assert await gather_words(database) > 0
    page = (await country.get(ADMIN, "/queue", **EVERYWHERE, q="gapuar")).json()
    assert (page["corrected"], len(page["items"])) == ("gapura", 3)


@pytest.mark.parametrize(
    ("typed", "meant", "errors"),
    [
        ("jalan", "jalan", 0),
        ("jalna", "jalan", 1),
        ("jembtan", "jembatan", 1),
        ("pasr", "kasur", 2),
    ],
)
def test_letters_that_changed_places_are_one_error(typed: str, meant: str, errors: int) -> None:
    assert _errors(typed, meant) == errors


@pytest.mark.parametrize(
    "search", [{**EVERYWHERE, "q": "cicalengka"}, {"tab": "disposed"}, EVERYWHERE]
)
async def test_reports_are_narrowed_by_status_assignee_and_replies(
    country: Country, search: dict[str, str]
) -> None:
    waiting, answered, replied = [
        await country.verified(title="Saringan cicalengka") for _ in range(3)
    ]
    for number in (answered, replied):
        await followed(country, OFFICER, number, "follow-ups", FOLLOW_UP)
    await country.rows(
        "UPDATE lifecycle.report SET status = 'REPLIED_BY_REPORTER' WHERE number = :n", n=replied
    )
    me = country.staff[OFFICER].id
    await country.rows(
        "UPDATE lifecycle.report SET assignee_id = :me WHERE number = :n", me=me, n=answered
    )

    async def found(**filters: object) -> set[int]:
        listed = await numbers(country, ADMIN, **search, **filters)
        return set(listed) & {waiting, answered, replied}

    assert await found(status="VERIFIED") == {waiting}
    assert await found(status="FOLLOWED_UP") == {answered}
    assert await found(status="ARCHIVED_BY_ADMIN") == set()
    assert await found(reply_owed=True) == {replied}
    assert await found(reply_owed=False) == {waiting, answered}
    assert await found(assignee=me) == {answered}
    refused = await country.get(ADMIN, "/queue", tab="all", status="SELESAI")
    assert refused.status_code == 422
