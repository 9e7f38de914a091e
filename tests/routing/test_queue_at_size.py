"""What stands around a queue: read by indexes, counted as far as somebody would, in one answer."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.counts import LATE_COUNTED, tab_counts
from services.routing.queue.filters import QueueQuery
from services.routing.queue.pages import page_of
from tests.plans import planned_for_any, plans_of
from tests.routing.country import Country

WHO, AGENCY, UNIT = "admin.kota.semarang", "kota-semarang", "disdukcapil-kota-semarang"


async def late(country: Country, who: str, **params: Any) -> dict[str, int | None]:
    answer = await country.get(who, "/queue/counts", **params)
    return {row["tab"]: row["late"] for row in answer.json() if row["sub"] is None}


async def is_late(country: Country, number: int) -> None:
    await country.rows("UPDATE lifecycle.report SET overdue = true WHERE number = :n", n=number)


async def test_late_reports_are_counted_in_the_tabs_in_which_something_is_owed(
    country: Country,
) -> None:
    await country.report(AGENCY)
    await is_late(country, await country.report(AGENCY))
    await is_late(country, await country.verified(AGENCY, UNIT))
    own = await late(country, WHO)
    assert own["unverified"] == 1
    assert own["awaiting_follow_up"] == own["in_process"] == own["requests"] == 0
    assert own["deferred"] is None
    assert own["closed"] is None
    assert (await late(country, WHO, scope="below"))["awaiting_follow_up"] == 1


async def test_late_requests_are_those_of_late_reports(country: Country) -> None:
    number = await country.verified(AGENCY, UNIT)
    await is_late(country, number)
    await country.rows(
        "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id,"
        " decider_id, overdue)"
        " VALUES (gen_random_uuid(), :n, 'not_authority', now(), :s, :u, :a, false)",
        n=number,
        s=country.staff[f"petugas.{UNIT.replace('-', '.')}"].id,
        u=country.agencies[UNIT],
        a=country.agencies[AGENCY],
    )
    assert (await late(country, WHO))["requests"] == 1


async def test_late_reports_are_counted_as_far_as_somebody_would_and_by_an_index_of_their_own(
    country: Country,
) -> None:
    number, agency = await country.report("kota-surakarta"), country.agencies["kota-surakarta"]
    await is_late(country, number)
    await country.rows(
        "INSERT INTO lifecycle.report SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'number', nextval('lifecycle.report_number'), 'identity', gen_random_uuid()))).*"
        " FROM lifecycle.report r, generate_series(1, 40) WHERE number = :n",
        n=number,
    )
    assert (await late(country, "admin.kota.surakarta"))["unverified"] == LATE_COUNTED
    database = country.app.state.database

    async def look() -> None:
        async with database.session() as session:
            await tab_counts(session, agency, below=True)

    plans = await plans_of(database, look())
    assert plans.count("using report_late on report") == 2, plans
    assert "Seq Scan on report" not in plans, plans


async def test_what_a_queue_is_filtered_by_comes_in_one_answer(country: Country) -> None:
    choices = (await country.get(WHO, "/queue/choices")).json()
    assert choices["colleagues"]
    assert UNIT in [agency["code"] for agency in choices["agencies"]]
    assert "Jawa Tengah" in [province["name"] for province in choices["provinces"]]
    assert choices["categories"][0]["group"]
    assert choices["views"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"tab": "unverified"},
        {"tab": "closed"},
        {"tab": "thrown"},
        {"tab": "all", "q": "jembatan"},
    ],
)
async def test_pusat_s_queue_of_all_agencies_names_none_of_them(
    country: Country, query: dict[str, str]
) -> None:
    await country.report("kota-surakarta", title="Jembatan Lembeh retak")
    state, staff = country.app.state, country.staff["admin.pusat"]

    async def look() -> None:
        async with state.database.session() as session:
            asked = QueueQuery.model_validate({**query, "scope": "below"})
            await page_of(session, staff, asked, state.identity, state.contact_index)

    plans = await plans_of(state.database, look())
    assert "report_of_tab" in plans or "q" in query, plans
    assert "handler_id =" not in plans, plans
    assert "Scan on agency\n" not in plans, plans


async def test_pusat_sees_what_any_agency_has_and_as_thrown_what_it_threw(
    country: Country,
) -> None:
    before = {tab: await counted(country, tab) for tab in ("unverified", "thrown")}
    direct, thrown = await country.report("kota-jayapura"), await country.report("pusat")
    to = {"agency_id": country.agencies["kota-jayapura"]}
    await country.done("admin.pusat", thrown, "throw", to)
    for tab, expected in {"unverified": [thrown, direct], "thrown": [thrown]}.items():
        params = {"tab": tab, "scope": "below", "order": "newest", "limit": len(expected)}
        page = (await country.get("admin.pusat", "/queue", **params)).json()
        assert [row["number"] for row in page["items"]] == expected
        assert await counted(country, tab) == before[tab] + len(expected)


async def counted(country: Country, tab: str) -> int:
    answer = await country.get("admin.pusat", "/queue/counts", scope="below")
    return sum(row["count"] for row in answer.json() if row["tab"] == tab)


@pytest.mark.parametrize("query", [{"tab": "thrown"}, {"tab": "disposed", "q": "jembatan"}])
async def test_a_queue_is_planned_for_what_it_is_asked_however_often(
    country: Country, query: dict[str, str]
) -> None:
    """A plan for any agency expects that few reports went through this one, and looks up all that
    did for each agency below: seconds of some hundred thousand reports."""
    await country.report("kab-bandung", title="Jembatan retak")
    state, staff = country.app.state, country.staff["admin.kab.bandung"]
    asked = QueueQuery.model_validate(query)

    async def look(session: AsyncSession) -> None:
        await page_of(session, staff, asked, state.identity, state.contact_index)

    assert not await planned_for_any(state.database, look)
