"""Where pusat handles a report, or nobody is active above, the own admins stand above."""

from typing import Any

from shared.database.engine import raw
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.commands import Handing
from tests.followup.conftest import ABOVE, ABOVE_TOO, ADMIN, OFFICER, PUSAT, REASON, Town
from tests.workflows.country import CENTRAL, DINAS, PROVINCE, ROOT, add_staff

SECOND = (11, ROOT, PUSAT[2])


async def at_pusat(town: Town) -> int:
    number = await town.unverified()
    kept = Handing(chain=(ROOT,), zone=Zone.WIB)
    await town.does(number, Action.VERIFY, CENTRAL, handing=kept)
    assert (await town.follow_up(number, PUSAT)).status_code == 200
    return number


async def last_line(town: Town, number: int) -> Any:
    return (await town.reports.history(number))[-1]


async def test_its_only_admin_holds_closes_and_reopens(town: Town) -> None:
    number = await at_pusat(town)
    for action in ("hold", "release", "close", "reopen"):
        done = await town.post(f"/reports/{number}/{action}", PUSAT, REASON)
        assert (done.status_code, done.json()["state"]) == (200, "done"), action


async def test_the_only_person_decides_the_own_request_and_the_history_says_so(
    town: Town,
) -> None:
    number = await at_pusat(town)
    asked = await town.post(f"/reports/{number}/requests", PUSAT, REASON | {"kind": "close"})
    [request] = (await town.state(number)).requests
    assert (asked.status_code, request.decider_id) == (200, ROOT)
    accepted = await town.post(
        f"/reports/{number}/requests/{request.id}/accept", PUSAT, {"note": "Sudah tuntas."}
    )
    assert accepted.json()["status"] == "CLOSED_BY_ADMIN"
    assert (await last_line(town, number)).details["decided_alone"] is True


async def test_with_a_second_person_that_one_decides(town: Town) -> None:
    async with town.owner.session() as session:
        await add_staff(await raw(session), *SECOND)
    number = await at_pusat(town)
    await town.post(f"/reports/{number}/requests", PUSAT, REASON | {"kind": "close"})
    [request] = (await town.state(number)).requests
    own = await town.post(f"/reports/{number}/requests/{request.id}/accept", PUSAT, {"note": "Ya."})
    assert own.status_code == 403
    past = await town.post(f"/reports/{number}/close", PUSAT, REASON)
    assert (past.status_code, past.json()["code"]) == (403, "own_request")
    path = f"/reports/{number}/requests/{request.id}/accept"
    accepted = await town.post(path, SECOND, {"note": "Sudah tuntas."})
    assert accepted.json()["status"] == "CLOSED_BY_ADMIN"
    assert "decided_alone" not in (await last_line(town, number)).details


async def test_an_agency_without_anybody_active_above_has_its_own_admins(town: Town) -> None:
    number = await town.in_process()
    denied = await town.post(f"/reports/{number}/close", ADMIN, REASON)
    assert (denied.status_code, denied.json()["code"]) == (403, "not_authorised")
    await town.execute(
        "UPDATE routing.staff SET active = false WHERE agency_id = ANY (%s)", [ROOT, PROVINCE]
    )
    await town.post(f"/reports/{number}/requests", OFFICER, REASON | {"kind": "hold"})
    [request] = (await town.state(number)).requests
    assert request.decider_id == DINAS
    held = await town.post(f"/reports/{number}/requests/{request.id}/accept", ADMIN, {})
    assert held.json()["state"] == "done"
    assert (await town.post(f"/reports/{number}/close", ADMIN, REASON)).status_code == 200


async def test_who_asks_at_the_delegating_agency_leaves_it_to_a_colleague_or_above(
    town: Town,
) -> None:
    number = await town.in_process()
    await town.post(f"/reports/{number}/requests", ABOVE, REASON | {"kind": "hold"})
    [request] = (await town.state(number)).requests
    assert request.decider_id == PROVINCE
    path = f"/reports/{number}/requests/{request.id}/reject"
    assert (await town.post(path, ABOVE_TOO, REASON)).status_code == 200
    await town.execute("UPDATE routing.staff SET active = false WHERE id = %s", ABOVE_TOO[0])
    await town.post(f"/reports/{number}/requests", ABOVE, REASON | {"kind": "hold"})
    [request] = (await town.state(number)).requests
    assert request.decider_id == ROOT
