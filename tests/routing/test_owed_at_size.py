"""What is owed at pusat is found by what waits, not by all that is late or by all agencies."""

from services.routing.owed.counts import owed_counts
from services.routing.owed.pages import OwedQuery, owed_scope
from services.routing.queue.filters import QueueQuery
from services.routing.queue.pages import page_of
from shared.owed.responsibilities import deciders_of
from tests.plans import plans_of
from tests.routing.country import Country

REQUEST = (
    "INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id, decider_id,"
    " overdue) VALUES (gen_random_uuid(), :n, 'close', now(), :s, :u, :a, false)"
)


ONE_ADMIN_EACH = """
UPDATE routing.staff s SET active = false
FROM routing.agency a WHERE a.code = :code AND s.agency_id = ANY (a.path[2:])
    AND s.role <> 'liaison_officer' AND EXISTS (
        SELECT FROM routing.staff m WHERE m.agency_id = s.agency_id AND m.id < s.id
            AND m.active AND m.role <> 'liaison_officer')
"""

ITS_ADMIN = (
    "SELECT id FROM routing.staff WHERE agency_id = :agency AND active"
    " AND role NOT IN ('liaison_officer', 'overseer')"
)


async def test_pusat_decides_for_those_below_of_whom_something_is_asked(country: Country) -> None:
    pusat, province = country.agencies["pusat"], country.agencies["papua"]
    await country.rows(ONE_ADMIN_EACH, code="papua")
    number = await country.report("papua")

    async def deciders() -> set[int]:
        async with country.app.state.database.session() as session:
            return set(await deciders_of(session, pusat))

    own = await country.one(ITS_ADMIN, agency=province)
    await country.rows(REQUEST, n=number, s=country.staff["admin.pusat"].id, u=province, a=province)
    assert province not in await deciders(), "its own admin, who did not ask, decides"
    other = await country.report("papua")
    await country.rows(REQUEST, n=other, s=own, u=province, a=province)
    assert {pusat, province} <= await deciders()


async def test_escalations_to_pusat_are_read_by_number_until_there_are_enough(
    country: Country,
) -> None:
    database, staff = country.app.state.database, country.staff["admin.pusat"]

    async def count() -> None:
        async with database.session() as session:
            await owed_counts(session, await owed_scope(session, staff, OwedQuery()))

    plans = await plans_of(database, count())
    assert "escalation_of_requests" in plans, plans
    assert "Index Only Scan using escalation_of_requests" in plans or "escalation_now" in plans
    assert "Hash" not in plans[plans.rindex("Limit") :], plans


async def test_replies_that_wait_are_found_by_an_index_of_these_alone(country: Country) -> None:
    state, staff = country.app.state, country.staff["admin.kota.surakarta"]

    async def look() -> None:
        async with state.database.session() as session:
            query = QueueQuery.model_validate({"tab": "in_process", "reply_owed": True})
            await page_of(session, staff, query, state.identity, state.contact_index)

    assert "report_replied" in await plans_of(state.database, look())
