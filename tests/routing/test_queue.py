"""The queue: tabs, filters, orders, pages, counts, and whose reports it shows."""

import base64
from typing import Any

import pytest
from cryptography.fernet import Fernet

from services.routing.queue import pages
from services.routing.queue.filters import QueueQuery
from shared.privacy.identity import IdentityCipher
from tests.plans import plans_of
from tests.routing.country import Country
from tests.routing.panel import signed_in

ADMIN = "admin.kota.bandung"


async def numbers(country: Country, who: str, **params: Any) -> list[int]:
    """The reports of all pages, in order."""
    listed: list[int] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await country.get(who, "/queue", **params, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        listed += [row["number"] for row in page["items"]]
        if page["next"] is None:
            return listed
        cursor = {"cursor": page["next"]}


async def count(country: Country, who: str, tab: str, **params: Any) -> int:
    answer = await country.get(who, "/queue/counts", **params)
    return sum(row["count"] for row in answer.json() if row["tab"] == tab)


async def test_pages_join_without_gap_in_either_order(country: Country) -> None:
    made = [await country.report("kab-badung") for _ in range(7)]
    due = "2026-01-0{} 00:00+00"
    for number, (priority, day) in zip(
        made, [(0, 3), (1, 2), (0, 1), (1, 1), (0, None), (1, None), (0, 1)], strict=True
    ):
        due_at = due.format(day) if day else None
        await country.rows(
            "UPDATE lifecycle.report SET priority = :p, due_at = CAST(:d AS timestamptz)"
            " WHERE number = :n",
            p=bool(priority),
            d=due_at,
            n=number,
        )
    by_deadline = [made[i] for i in (3, 1, 5, 2, 6, 0, 4)]
    who = "admin.kab.badung"
    for limit in (1, 2, 3, 100):
        assert await numbers(country, who, tab="unverified", limit=limit) == by_deadline
        newest = await numbers(country, who, tab="unverified", order="newest", limit=limit)
        assert newest == made[::-1]
    for limit in (1, 3):
        below = await numbers(country, "admin.bali", tab="unverified", scope="below", limit=limit)
        assert below == by_deadline


@pytest.mark.parametrize("looked_at", [2, 1_000])
async def test_the_newest_of_many_agencies_are_complete_however_far_the_first_look_goes(
    country: Country, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    for code in ("kab-badung", "bali", "kab-badung", "bali", "kab-badung"):
        await country.report(code)

    async def listed(limit: int) -> list[int]:
        asked = {"tab": "all", "order": "newest", "scope": "below", "limit": limit}
        return await numbers(country, "admin.bali", **asked)

    by_agency = await listed(100)
    assert by_agency == sorted(by_agency, reverse=True)
    assert len(by_agency) >= 4
    monkeypatch.setattr(pages, "PROBES", 0)
    monkeypatch.setattr(pages, "NEWEST", looked_at)
    for limit in (1, 3, 100):
        assert await listed(limit) == by_agency


async def test_many_agencies_are_not_asked_one_by_one_where_the_newest_suffice(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await country.report("kab-badung")
    state, staff = country.app.state, country.staff["admin.bali"]

    async def look() -> None:
        async with state.database.session() as session:
            asked = {"tab": "all", "order": "newest", "scope": "below", "limit": 2}
            query = QueueQuery.model_validate(asked)
            await pages.page_of(session, staff, query, state.identity, state.contact_index)

    assert "CTE near" in await plans_of(state.database, look())
    monkeypatch.setattr(pages, "PROBES", 0)
    assert "CTE near" not in await plans_of(state.database, look())


async def test_the_own_queue_is_the_own_agency_s_and_pemantauan_widens_it(
    country: Country,
) -> None:
    own = await country.report("jateng")
    below = await country.report("kota-semarang")
    assert await numbers(country, "admin.jateng", tab="unverified") == [own]
    widened = await numbers(country, "admin.jateng", tab="unverified", scope="below")
    assert set(widened) == {own, below}
    agency = country.agencies["kota-semarang"]
    assert await numbers(country, "admin.jateng", tab="unverified", agency=agency) == [below]
    beside = await country.get(
        "admin.jateng", "/queue", tab="unverified", agency=country.agencies["bali"]
    )
    assert beside.status_code == 404


async def test_reports_of_an_agency_that_lost_its_people_appear_above(country: Country) -> None:
    number = await country.report("kab-gowa")
    gowa = country.agencies["kab-gowa"]
    assert number not in await numbers(country, "admin.sulsel", tab="unverified")
    await country.rows("UPDATE routing.staff SET active = false WHERE agency_id = :a", a=gowa)
    assert number in await numbers(country, "admin.sulsel", tab="unverified")
    assert await count(country, "admin.sulsel", "unverified") >= 1
    assert number not in await numbers(country, "admin.pusat", tab="unverified")
    await country.rows("UPDATE routing.staff SET active = true WHERE agency_id = :a", a=gowa)


async def test_a_unit_without_admin_keeps_what_it_has_to_follow_up(country: Country) -> None:
    number = await country.verified("kota-bandung", "disdukcapil-kota-bandung")
    officer = "petugas.disdukcapil.kota.bandung"
    assert number in await numbers(country, officer, tab="awaiting_follow_up")
    assert number not in await numbers(country, ADMIN, tab="awaiting_follow_up")


async def test_filters_narrow_together(country: Country) -> None:
    who, tab = "admin.kab.malang", "unverified"
    plain = await country.report("kab-malang")
    marked = await country.report(
        "kab-malang",
        anonymous=True,
        secret=True,
        region_code="35.07.01",
        classification="aspiration",
        category_id=country.categories["flood"],
    )
    await country.rows(
        "UPDATE lifecycle.report SET assignee_id = :me, overdue = true, held = true"
        " WHERE number = :n",
        me=country.staff[who].id,
        n=marked,
    )
    await country.rows(
        "INSERT INTO lifecycle.escalation VALUES (:n, 1, :a, 'verification', now())",
        n=marked,
        a=country.agencies["kab-malang"],
    )
    for narrow in (
        {"anonymous": True},
        {"secret": True},
        {"region": "35.07"},
        {"region": "35"},
        {"classification": "aspiration"},
        {"category": country.categories["flood"]},
        {"assigned_to_me": True},
        {"overdue": True},
        {"held": True},
        {"escalated": True},
        {"anonymous": True, "overdue": True, "channel": "website"},
    ):
        assert await numbers(country, who, tab=tab, **narrow) == [marked], narrow
    for other in (
        {"anonymous": False},
        {"escalated": False},
        {"overdue": False, "submitted_from": "2026-01-01T00:00:00Z"},
    ):
        assert await numbers(country, who, tab=tab, **other) == [plain], other
    for nothing in (
        {"region": "35.08"},
        {"due_before": "2020-01-01T00:00:00Z"},
        {"submitted_to": "2020-01-01T00:00:00Z"},
        {"channel": "sms"},
    ):
        assert await numbers(country, who, tab=tab, **nothing) == [], nothing


async def test_search_finds_number_title_and_text_also_as_corrected(country: Country) -> None:
    who = "admin.kota.surabaya"
    unit = next(code for code in country.agencies if code.endswith("-kota-surabaya"))
    lamp = await country.report("kota-surabaya", title="Lampu jalan padam", body="Gelap sekali.")
    flood = await country.report("kota-surabaya", title="Banjir", body="Air masuk ke rumah warga.")
    search = {"tab": "unverified", "scope": "below"}
    assert await numbers(country, who, q="lampu padam", **search) == [lamp]
    assert await numbers(country, who, q="rumah warga", **search) == [flood]
    assert await numbers(country, who, q=str(lamp), **search) == [lamp]
    assert await numbers(country, who, q="banjir -rumah", **search) == []
    await country.done(who, lamp, "verify", country.verification(unit, title="PJU Mati"))
    listed = await numbers(country, who, q="pju", tab="awaiting_follow_up", scope="below")
    assert listed == [lamp]


async def test_counts_say_how_many_stand_in_each_tab(country: Country) -> None:
    who = "admin.kota.denpasar"
    first = await country.report("kota-denpasar")
    second = await country.report("kota-denpasar")
    await country.done(who, second, "archive", {"category": "unclear", "note": "Tidak jelas."})
    units = [code for code in country.agencies if code.endswith("-kota-denpasar")]
    third = await country.verified("kota-denpasar", units[0])
    assert len({first, second, third}) == 3
    assert await count(country, who, "unverified") == 1
    assert await count(country, who, "archived") == 1
    assert await count(country, who, "awaiting_follow_up") == 0
    assert await count(country, who, "awaiting_follow_up", scope="below") == 1
    assert await count(country, who, "disposed") == 1
    answer = (await country.get(who, "/queue/counts")).json()
    assert [row["tab"] for row in answer] == [
        "unverified",
        "deferred",
        "awaiting_follow_up",
        "in_process",
        "closed",
        "archived",
        "requests",
        "thrown",
        "disposed",
        "disposed",
        "disposed",
        "copies",
    ]
    assert answer[0]["label"] == "Belum Terverifikasi"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"tab": "everything"},
        {"tab": "closed", "sub": "closed"},
        {"tab": "closed", "cursor": "bukan"},
        {"tab": "unverified", "cursor": "é"},
        {"tab": "closed", "limit": 101},
        {"tab": "closed", "region": "3%"},
        {"tab": "closed", "warna": "merah"},
    ],
)
async def test_a_question_that_makes_no_sense_is_a_422(
    country: Country, params: dict[str, Any]
) -> None:
    answer = await country.get(ADMIN, "/queue", **params)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("moment", ["1999-12-31", "kemarin", "20261128", "2026-11-28T08:00", "0"])
async def test_a_wrong_moment_is_said_once_in_words_for_people(
    country: Country, moment: str
) -> None:
    answer = await country.get(ADMIN, "/queue", tab="unverified", due_before=moment)
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("due_before", "not_a_moment")
    assert "2026-11-28" in error["message"]


async def test_the_next_page_tells_nobody_when_a_report_came(country: Country) -> None:
    for _ in range(2):
        number = await country.report("kota-bandung", anonymous=True)
        await country.rows(
            "UPDATE lifecycle.report SET due_at = '2027-03-04 05:06:07.891011+00'"
            " WHERE number = :n",
            n=number,
        )
    first = await country.get(ADMIN, "/queue", tab="unverified", order="deadline", limit=1)
    cursor = first.json()["next"]
    for read in (cursor, base64.urlsafe_b64decode(cursor + "===").decode("latin-1")):
        assert "2027" not in read
        assert "891011" not in read
    plain = b'{"p":false,"d":"2027-03-04T05:06:07.891011Z","n":1}'
    forged = base64.urlsafe_b64encode(plain).decode().rstrip("=")
    for made in (
        forged,
        cursor[:-6] + "AAAA==",
        IdentityCipher(Fernet.generate_key().decode()).encrypt("{}").decode(),
    ):
        refused = await country.get(
            ADMIN, "/queue", tab="unverified", order="deadline", cursor=made
        )
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["code"] == "cursor_invalid"


async def test_the_counts_of_an_open_list_are_asked_as_they_stand_beside_its_tabs(
    country: Country,
) -> None:
    await country.report("kab-bandung")
    async with signed_in(country, "admin.kab.bandung") as panel:
        await panel.opens("/panel?tab=disposed&scope=below")
        written = {
            each.get("data-count"): each.text_content()
            for each in panel.page.xpath("//*[@data-count]")
        }
        [address] = panel.page.xpath("//@data-counts")
        answer = await panel.http.get(str(address))
        assert answer.json() == written
        assert {"unverified", "disposed", "disposed/closed"} <= written.keys()
