"""The dinas asks the province, which decides."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.statuses import Status
from tests.followup.conftest import (
    ABOVE,
    ABOVE_TOO,
    ADMIN,
    BESIDE,
    COLLEAGUE,
    OFFICER,
    PUSAT,
    REASON,
    Cluster,
    Who,
)
from tests.workflows.country import DINAS, DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN


async def asked(cluster: Cluster, number: int, kind: str, who: Who = OFFICER) -> str:
    answer = await cluster.post(f"/reports/{number}/requests", who, {"kind": kind, **REASON})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["command_id"])


async def decide(
    cluster: Cluster, number: int, request: str, verb: str, who: Who, **body: Any
) -> tuple[int, Any]:
    path = f"/reports/{number}/requests/{request}/{verb}"
    answer = await cluster.post(path, who, body)
    return answer.status_code, answer.json().get("code") or answer.json()["status"]


@pytest.mark.parametrize("who", [OFFICER, ADMIN])
async def test_a_request_goes_to_the_delegating_agency(cluster: Cluster, who: Who) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "close", who)
    pending = (await cluster.state(number)).pending(RequestKind.CLOSE)
    assert pending is not None
    assert (str(pending.id), pending.decider_id) == (request, PROVINCE)


async def test_a_pending_hold_request_suspends_the_ten_days(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "hold")
    assert (await cluster.state(number)).auto_close_at is None
    assert await decide(cluster, number, request, "accept", ABOVE) == (200, "FOLLOWED_UP")
    assert (await cluster.state(number)).held
    release = await asked(cluster, number, "release")
    assert (await decide(cluster, number, release, "accept", ABOVE))[0] == 200
    state = await cluster.state(number)
    assert (state.held, state.requests) == (False, ())
    assert state.auto_close_at is not None


async def test_close_and_reopen_are_accepted_with_a_note(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "close")
    done = await decide(cluster, number, request, "accept", ABOVE, note="Terima kasih.")
    assert done == (200, "CLOSED_BY_ADMIN")
    assert (await cluster.words(number))[-1] == "Terima kasih."
    request = await asked(cluster, number, "reopen")
    for empty in ({}, {"note": ""}, {"note": "  \n"}, {"note": None}):
        status, code = await decide(cluster, number, request, "accept", PUSAT, **empty)
        assert (status, code) == (422, "validation")
    done = await decide(cluster, number, request, "accept", PUSAT, note="Dibuka lagi.")
    assert done == (200, "FOLLOWED_UP")
    assert (await cluster.words(number))[-1] == "Dibuka lagi."


async def test_a_rejected_request_leaves_all_as_it_was(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "close")
    assert await decide(cluster, number, request, "reject", ABOVE) == (422, "validation")
    reason = "Warga belum menjawab."
    assert await decide(cluster, number, request, "reject", ABOVE, reason=reason) == (
        200,
        "FOLLOWED_UP",
    )
    state = await cluster.state(number)
    assert (state.status, state.requests) == (Status.FOLLOWED_UP, ())
    assert await decide(cluster, number, request, "accept", ABOVE) == (
        409,
        "request_already_rejected",
    )


@pytest.mark.parametrize(
    ("who", "outcome"),
    [
        (OFFICER, (403, "not_authorised")),
        (ADMIN, (403, "not_authorised")),
        (COLLEAGUE, (403, "not_authorised")),
        (BESIDE, (404, "report_not_found")),
    ],
)
async def test_who_does_not_decide(cluster: Cluster, who: Who, outcome: tuple[int, str]) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "hold")
    assert await decide(cluster, number, request, "accept", who) == outcome
    assert await decide(cluster, number, request, "reject", who, **REASON) == outcome
    assert not (await cluster.state(number)).held


async def test_an_admin_above_does_not_decide_the_own_request(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "hold", ABOVE)
    status, code = await decide(cluster, number, request, "accept", ABOVE)
    assert (status, code) in {(403, "own_request"), (403, "not_authorised")}
    assert (await decide(cluster, number, request, "accept", ABOVE_TOO))[0] == 200


async def test_only_who_asked_withdraws(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "hold")
    assert await decide(cluster, number, request, "withdraw", COLLEAGUE) == (403, "not_the_asker")
    assert (await decide(cluster, number, request, "withdraw", OFFICER))[0] == 200
    again = await decide(cluster, number, request, "withdraw", OFFICER)
    assert again == (409, "request_already_withdrawn")
    state = await cluster.state(number)
    assert state.requests == ()
    assert state.auto_close_at is not None


async def test_one_request_of_a_kind_at_a_time(cluster: Cluster) -> None:
    number = await cluster.in_process()
    body = {"kind": "hold", **REASON}
    answers = await asyncio.gather(
        *(cluster.post(f"/reports/{number}/requests", who, body) for who in (OFFICER, ADMIN))
    )
    assert sorted(a.status_code for a in answers) == [200, 409]
    [refused] = [a for a in answers if a.status_code == 409]
    assert refused.json()["code"] == "request_already_pending"


@pytest.mark.parametrize(
    ("kind", "code"), [("reopen", "not_allowed_in_status"), ("release", "not_held")]
)
async def test_only_what_makes_sense_is_asked(cluster: Cluster, kind: str, code: str) -> None:
    number = await cluster.in_process()
    answer = await cluster.post(f"/reports/{number}/requests", OFFICER, {"kind": kind, **REASON})
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_not_authority_is_not_asked_here(cluster: Cluster) -> None:
    number = await cluster.verified()
    body = {"kind": "not_authority", **REASON}
    answer = await cluster.post(f"/reports/{number}/requests", OFFICER, body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "literal_error")


async def test_two_admins_decide_at_once_and_the_other_hears_what_happened(
    cluster: Cluster,
) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "close")
    first, second = await asyncio.gather(
        cluster.post(f"/reports/{number}/requests/{request}/accept", ABOVE, {"note": "Selesai."}),
        cluster.post(f"/reports/{number}/requests/{request}/reject", ABOVE_TOO, REASON),
    )
    assert sorted([first.status_code, second.status_code]) == [200, 409]
    loser = (first if first.status_code == 409 else second).json()
    accepted = first.status_code == 200
    assert loser["decision"] == ("accepted" if accepted else "rejected")
    assert loser["code"] == f"request_already_{loser['decision']}"
    assert "Budi" in loser["detail"]
    state = await cluster.state(number)
    assert state.status is (Status.CLOSED_BY_ADMIN if accepted else Status.FOLLOWED_UP)


async def test_a_reply_ends_a_close_request_and_the_decider_hears_of_it(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "close")
    answer = await cluster.post(
        f"/reports/{number}/replies", cluster.bearer(number), {"text": "Belum selesai."}
    )
    assert answer.status_code == 200
    assert await decide(cluster, number, request, "accept", ABOVE) == (409, "request_already_ended")


async def test_a_request_that_never_was(cluster: Cluster) -> None:
    number = await cluster.in_process()
    unknown = str(uuid4())
    assert await decide(cluster, number, unknown, "accept", ABOVE) == (404, "request_unknown")


async def test_while_not_authority_is_pending_the_dinas_only_coordinates(cluster: Cluster) -> None:
    number = await cluster.verified()
    await cluster.does(
        number,
        Action.REQUEST_NOT_AUTHORITY,
        DINAS_OFFICER,
        decider_id=PROVINCE,
        suggested_agency_id=BESIDE[1],
    )
    for who in (OFFICER, ADMIN):
        answer = await cluster.follow_up(number, who)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_authority_pending")
    note = {"note": "Menunggu provinsi."}
    noted = await cluster.post(f"/reports/{number}/coordination", OFFICER, note)
    assert noted.status_code == 200
    [request] = (await cluster.state(number)).requests
    assert await decide(cluster, number, str(request.id), "accept", ABOVE) == (
        409,
        "accept_by_acting",
    )


async def test_a_decision_seen_at_an_older_version_is_refused(cluster: Cluster) -> None:
    number = await cluster.in_process()
    request = await asked(cluster, number, "hold")
    version = (await cluster.state(number)).version
    path = f"/reports/{number}/requests/{request}/accept"
    stale = await cluster.post(path, ABOVE, {}, version=version - 1)
    assert (stale.status_code, stale.json()["version"]) == (412, version)
    assert (await cluster.post(path, ABOVE, {}, version=version)).status_code == 200


async def test_the_same_request_five_times_at_once_is_one(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    path, body = f"/reports/{number}/requests", {"kind": "close", **REASON}
    answers = await asyncio.gather(*(cluster.post(path, OFFICER, body, key=key) for _ in range(5)))
    assert [a.status_code for a in answers] == [200] * 5
    path += f"/{answers[0].json()['command_id']}/accept"
    key = uuid4()
    answers = await asyncio.gather(
        *(cluster.post(path, ABOVE, {"note": "Selesai."}, key=key) for _ in range(5))
    )
    assert [a.status_code for a in answers] == [200] * 5
    assert (await cluster.state(number)).status is Status.CLOSED_BY_ADMIN


async def test_a_handler_without_predecessor_asks_the_admin_above_it_in_the_tree(
    cluster: Cluster,
) -> None:
    number = await cluster.unverified(handler=PROVINCE)
    await cluster.does(number, Action.VERIFY, PROVINCE_ADMIN)
    state = await cluster.state(number)
    alone = state.model_copy(update={"chain": (DINAS,)}).model_dump_json()
    await cluster.execute("UPDATE lifecycle.report SET state = %s WHERE number = %s", alone, number)
    await cluster.terminate(number)
    assert (await cluster.follow_up(number, OFFICER)).status_code == 200
    request = await asked(cluster, number, "hold")
    pending = (await cluster.state(number)).pending(RequestKind.HOLD)
    assert pending is not None
    assert (str(pending.id), pending.decider_id) == (request, PROVINCE)
    assert (await cluster.post(f"/reports/{number}/close", ADMIN, REASON)).status_code == 403
    assert (await cluster.post(f"/reports/{number}/close", ABOVE, REASON)).status_code == 200
