"""What stands around a queue: read by indexes, counted as far as somebody would, in one answer."""

from typing import Any

from services.routing.queue.counts import LATE_COUNTED, tab_counts
from tests.plans import plans_of
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
