"""The same thing asked at the same moment, by one person or by two; runs ended by hand."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus

from shared.lifecycle.statuses import Status
from tests.chaos.invariants import all_promises_are_kept
from tests.chaos.people import FOLLOW_UP, REASON, VERIFICATION, People, somewhere
from tests.cluster import ABOVE, ABOVE_TOO, OFFICER
from tests.workflows.country import MISSION

TERMINATE = "workflow terminate --reason trial --workflow-id".split()


async def test_one_command_sent_five_times_at_once_while_the_worker_dies(people: People) -> None:
    number, key = await people.submit(), uuid4()
    await people.verify(number)
    path, staff = f"/reports/{number}/follow-ups", people.cluster.staff(OFFICER)

    async def send() -> Any:
        answer = await people.insist("followup", path, FOLLOW_UP, staff, key)
        return answer.status_code, answer.json()

    sending = [asyncio.create_task(send()) for _ in range(5)]
    await asyncio.sleep(0.03)
    people.cluster.kill("worker")
    await people.cluster.restart("worker")
    first, *others = await asyncio.gather(*sending)
    assert first[0] == 200
    assert others == [first] * 4
    assert await _actions(people, number) == ["submit", "verify", "follow_up"]
    await all_promises_are_kept(people)


async def test_one_submission_sent_five_times_at_once(people: People) -> None:
    key = uuid4()
    body = {
        "classification": "complaint",
        "title": "Lampu mati",
        "body": "Lampu jalan mati.",
        "reporter": {"name": "Warga", "phone": "+6281234567890"},
    }
    here = somewhere()
    answers = await asyncio.gather(
        *(people.ask("intake", "/reports", body, here, key) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    [(number, _)] = {(answer.json()["number"], answer.json()["access_code"]) for answer in answers}
    people.accepted[key] = number
    await all_promises_are_kept(people)


async def test_two_admins_decide_the_same_request_at_once(people: People) -> None:
    for _ in range(3):
        number = await people.in_process()
        ask = {"kind": "close", **REASON}
        path = f"/reports/{number}/requests"
        asked = await people.insist("followup", path, ask, people.cluster.staff(OFFICER), uuid4())
        request = asked.json()["command_id"]
        accepted, rejected = await asyncio.gather(
            people.ask(
                "followup",
                f"{path}/{request}/accept",
                {"note": "Selesai."},
                people.cluster.staff(ABOVE),
                uuid4(),
            ),
            people.ask(
                "followup",
                f"{path}/{request}/reject",
                REASON,
                people.cluster.staff(ABOVE_TOO),
                uuid4(),
            ),
        )
        assert sorted([accepted.status_code, rejected.status_code]) == [200, 409]
        loser, how = (
            (rejected, "accepted") if accepted.status_code == 200 else (accepted, "rejected")
        )
        assert loser.json()["code"] == f"request_already_{how}"
        assert loser.json()["decision"] == how
        assert loser.json()["report_status"] == await _status(people, number)
        assert (await _actions(people, number))[-1] == (
            "close" if how == "accepted" else "reject_request"
        )
    await all_promises_are_kept(people)


async def test_one_admin_verifies_anew_while_the_other_rejects(people: People) -> None:
    number = await people.submit()
    await people.verify(number)
    ask = {"suggested_agency_id": MISSION, "reason": "Bukan wewenang kami."}
    path = f"/reports/{number}"
    asked = await people.insist(
        "followup", f"{path}/not-authority", ask, people.cluster.staff(OFFICER), uuid4()
    )
    assert asked.status_code == 200, asked.text
    request = asked.json()["command_id"]
    anew, rejected = await asyncio.gather(
        people.ask("routing", f"{path}/verify", VERIFICATION, people.cluster.staff(ABOVE), uuid4()),
        people.ask(
            "followup",
            f"{path}/requests/{request}/reject",
            REASON,
            people.cluster.staff(ABOVE_TOO),
            uuid4(),
        ),
    )
    assert sorted([anew.status_code, rejected.status_code]) == [200, 409]
    loser = rejected if anew.status_code == 200 else anew
    assert loser.json()["report_status"] == Status.VERIFIED
    await all_promises_are_kept(people)


@pytest.mark.parametrize("ended", [False, True], ids=["open", "closed"])
async def test_a_run_is_terminated_by_hand_and_a_command_comes(people: People, ended: bool) -> None:
    number = await people.in_process()
    if ended:
        await people.close(number)
    await _temporal(people, *TERMINATE, f"report-{number}")
    run = await people.cluster.client.get_workflow_handle(f"report-{number}").describe()
    assert run.status is WorkflowExecutionStatus.TERMINATED
    # A signal to the one, an update to the other.
    if ended:
        await people.does("followup", number, "reopen", ABOVE, REASON)
    else:
        await people.follow_up(number)
    anew = await people.cluster.client.get_workflow_handle(f"report-{number}").describe()
    assert anew.run_id != run.run_id
    assert anew.status is WorkflowExecutionStatus.RUNNING
    await all_promises_are_kept(people)


async def _temporal(people: People, *arguments: str) -> None:
    command = [people.cluster.children["temporal"].command[0], *arguments]
    process = await asyncio.create_subprocess_exec(
        *command,
        "--address",
        people.cluster.addresses.temporal_address,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


async def _actions(people: People, number: int) -> list[str]:
    query = "SELECT action FROM lifecycle.history WHERE number = :n ORDER BY entry"
    return [row.action for row in await people.cluster.rows(query, n=number)]


async def _status(people: People, number: int) -> str:
    query = "SELECT status FROM lifecycle.report WHERE number = :n"
    return str(await people.cluster.value(query, n=number))
