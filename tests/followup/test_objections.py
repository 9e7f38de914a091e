"""The reporter asks to have a closed report opened again, over the endpoints and the workflow."""

from typing import Any

from shared.lifecycle.actions import RequestKind
from tests.followup.conftest import ABOVE, ADMIN, PUSAT, REASON, Cluster, Who
from tests.workflows.country import PROVINCE, ROOT

NOBODY = "not_authorised"


async def test_the_reporter_objects_and_is_heard_by_those_above_who_closed(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    mine, path = cluster.bearer(number), f"/reports/{number}/objection"
    assert (await cluster.post(f"/reports/{number}/close", ABOVE, REASON)).status_code == 200
    said = {"objection_reason": "not_solved", "text": "Lampunya masih mati."}
    request = (await cluster.post(path, mine, said)).json()["command_id"]
    pending = (await cluster.state(number)).pending(RequestKind.OBJECTION)
    assert pending is not None
    assert (pending.staff_id, pending.agency_id, pending.decider_id) == (ABOVE[0], PROVINCE, ROOT)

    no, yes = {"reason": "Sudah selesai."}, {"note": "Kami buka kembali."}
    for who in (ABOVE, ADMIN):
        assert await decided(cluster, number, request, "reject", who, **no) == (403, NOBODY)
    assert await decided(cluster, number, request, "accept", ADMIN) == (422, "validation")
    assert await decided(cluster, number, request, "accept", ADMIN, **yes) == (200, "FOLLOWED_UP")
    assert (await cluster.state(number)).requests == ()


async def test_pusat_refuses_an_objection_and_the_reporter_may_not_ask_again(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    mine, path = cluster.bearer(number), f"/reports/{number}/objection"
    assert (await cluster.post(f"/reports/{number}/close", ABOVE, REASON)).status_code == 200
    request = (await cluster.post(path, mine, {"objection_reason": "other"})).json()["command_id"]
    no = {"reason": "Sudah selesai."}
    refused = await decided(cluster, number, request, "reject", PUSAT, **no)
    assert refused == (200, "CLOSED_BY_ADMIN")
    again = await cluster.post(path, mine, {"objection_reason": "other"})
    assert (again.status_code, again.json()["code"]) == (409, "already_objected")


async def test_a_report_that_was_closed_was_not_wrongly_archived(cluster: Cluster) -> None:
    number = await cluster.in_process()
    mine, path = cluster.bearer(number), f"/reports/{number}/objection"
    assert (await cluster.post(f"/reports/{number}/close", ABOVE, REASON)).status_code == 200
    wrong = await cluster.post(path, mine, {"objection_reason": "wrongly_archived"})
    [error] = wrong.json()["errors"]
    assert (wrong.status_code, error["field"]) == (422, "objection_reason")
    assert "tidak diarsipkan" in error["message"]
    assert (await cluster.post(path, mine, {"objection_reason": "other"})).status_code == 200


async def decided(
    cluster: Cluster, number: int, request: str, verb: str, who: Who, **body: Any
) -> tuple[int, Any]:
    answer = await cluster.post(f"/reports/{number}/requests/{request}/{verb}", who, body)
    return answer.status_code, answer.json().get("code") or answer.json()["status"]
