"""Where pusat handles a report, or nobody is active above, the own admins stand above."""

from typing import Any

from shared.database.engine import raw
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.commands import Handing
from tests.followup.conftest import ABOVE, ABOVE_TOO, ADMIN, OFFICER, PUSAT, REASON, Cluster
from tests.workflows.country import CENTRAL, DINAS, PROVINCE, ROOT, add_staff

SECOND = (11, ROOT, PUSAT[2])


async def at_pusat(cluster: Cluster) -> int:
    number = await cluster.unverified()
    kept = Handing(chain=(ROOT,), zone=Zone.WIB)
    await cluster.does(number, Action.VERIFY, CENTRAL, handing=kept)
    assert (await cluster.follow_up(number, PUSAT)).status_code == 200
    return number


async def last_line(cluster: Cluster, number: int) -> Any:
    return (await cluster.reports.history(number))[-1]


async def test_its_only_admin_holds_closes_and_reopens(cluster: Cluster) -> None:
    number = await at_pusat(cluster)
    for action in ("hold", "release", "close", "reopen"):
        done = await cluster.post(f"/reports/{number}/{action}", PUSAT, REASON)
        assert (done.status_code, done.json()["state"]) == (200, "done"), action


async def test_the_only_person_decides_the_own_request_and_the_history_says_so(
    cluster: Cluster,
) -> None:
    number = await at_pusat(cluster)
    asked = await cluster.post(f"/reports/{number}/requests", PUSAT, REASON | {"kind": "close"})
    [request] = (await cluster.state(number)).requests
    assert (asked.status_code, request.decider_id) == (200, ROOT)
    accepted = await cluster.post(
        f"/reports/{number}/requests/{request.id}/accept", PUSAT, {"note": "Sudah tuntas."}
    )
    assert accepted.json()["status"] == "CLOSED_BY_ADMIN"
    assert (await last_line(cluster, number)).details["decided_alone"] is True


async def test_with_a_second_person_that_one_decides(cluster: Cluster) -> None:
    async with cluster.owner.session() as session:
        await add_staff(await raw(session), *SECOND)
    number = await at_pusat(cluster)
    await cluster.post(f"/reports/{number}/requests", PUSAT, REASON | {"kind": "close"})
    [request] = (await cluster.state(number)).requests
    own = await cluster.post(
        f"/reports/{number}/requests/{request.id}/accept", PUSAT, {"note": "Ya."}
    )
    assert own.status_code == 403
    past = await cluster.post(f"/reports/{number}/close", PUSAT, REASON)
    assert (past.status_code, past.json()["code"]) == (403, "own_request")
    path = f"/reports/{number}/requests/{request.id}/accept"
    accepted = await cluster.post(path, SECOND, {"note": "Sudah tuntas."})
    assert accepted.json()["status"] == "CLOSED_BY_ADMIN"
    assert "decided_alone" not in (await last_line(cluster, number)).details


async def test_an_agency_without_anybody_active_above_has_its_own_admins(cluster: Cluster) -> None:
    number = await cluster.in_process()
    denied = await cluster.post(f"/reports/{number}/close", ADMIN, REASON)
    assert (denied.status_code, denied.json()["code"]) == (403, "not_authorised")
    await cluster.execute(
        "UPDATE routing.staff SET active = false WHERE agency_id = ANY (%s)", [ROOT, PROVINCE]
    )
    await cluster.post(f"/reports/{number}/requests", OFFICER, REASON | {"kind": "hold"})
    [request] = (await cluster.state(number)).requests
    assert request.decider_id == DINAS
    held = await cluster.post(f"/reports/{number}/requests/{request.id}/accept", ADMIN, {})
    assert held.json()["state"] == "done"
    assert (await cluster.post(f"/reports/{number}/close", ADMIN, REASON)).status_code == 200


async def test_who_asks_at_the_delegating_agency_leaves_it_to_a_colleague_or_above(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    await cluster.post(f"/reports/{number}/requests", ABOVE, REASON | {"kind": "hold"})
    [request] = (await cluster.state(number)).requests
    assert request.decider_id == PROVINCE
    path = f"/reports/{number}/requests/{request.id}/reject"
    assert (await cluster.post(path, ABOVE_TOO, REASON)).status_code == 200
    await cluster.execute("UPDATE routing.staff SET active = false WHERE id = %s", ABOVE_TOO[0])
    await cluster.post(f"/reports/{number}/requests", ABOVE, REASON | {"kind": "hold"})
    [request] = (await cluster.state(number)).requests
    assert request.decider_id == ROOT
