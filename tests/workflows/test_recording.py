"""What a step leaves in Postgres."""

import uuid
from datetime import UTC, datetime
from typing import Any

from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command
from shared.lifecycle.decide import decide
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from tests.workflows.country import BIDANG, DINAS_OFFICER, PROVINCE, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows.record_step import Recorder
from workflows.step_messages import Step, StepResult, Verdict


async def test_a_step_is_recorded_once(reports: Reports, worker_database: Database) -> None:
    state = await reports.accept()
    step = await step_of(reports, state, Action.VERIFY, PROVINCE_ADMIN)
    recorder = Recorder(worker_database, "http://x")
    first = await recorder.record(step)
    again = await recorder.record(step)
    assert first.verdict is Verdict.RECORDED
    assert again.outcome == first.outcome
    assert again.state == first.state == await reports.state(state.number)
    assert len(await reports.history(state.number)) == 2
    assert len(await reports.events(state.number)) == 2


async def test_another_step_at_that_version_writes_nothing(
    reports: Reports, worker_database: Database
) -> None:
    state = await reports.accept()
    recorder = Recorder(worker_database, "http://x")
    one = await step_of(reports, state, Action.VERIFY, PROVINCE_ADMIN)
    other = await step_of(reports, state, Action.VERIFY, PROVINCE_ADMIN)
    stored = (await recorder.record(one)).state
    result = await recorder.record(other)
    assert (result.verdict, result.state) == (Verdict.SUPERSEDED, stored)
    assert len(await reports.history(state.number)) == 2


async def test_verification_copies_what_was_corrected(
    reports: Reports, owner: Database, worker_database: Database
) -> None:
    state = await reports.accept()
    step = await step_of(reports, state, Action.VERIFY, PROVINCE_ADMIN)
    assert step.command is not None
    async with owner.session() as session:
        connection = await raw(session)
        await connection.execute(
            "INSERT INTO routing.verification (command_id, number, title, body, category_id,"
            " tag_ids, region_code, released_attachments, staff_id, at)"
            " VALUES (%s, %s, 'Jalan berlubang', 'Jalan itu berlubang', NULL, '{3}', '3273',"
            " '{}', 2, now())",
            (step.command.id, state.number),
        )
    await Recorder(worker_database, "http://x").record(step)
    [words] = await reports.rows(
        "SELECT t.title, t.body, t.original_title, t.tag_ids, r.region_code, r.verified_at"
        " FROM lifecycle.report_text t JOIN lifecycle.report r USING (number)"
    )
    assert tuple(words[:5]) == (
        "Jalan berlubang",
        "Jalan itu berlubang",
        "Jalan rusak",
        [3],
        "3273",
    )
    assert words.verified_at is not None


async def test_requests_and_what_became_of_them(
    reports: Reports, worker_database: Database
) -> None:
    recorder = Recorder(worker_database, "http://x")
    state = await reports.accept()
    for action, actor, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (Action.REQUEST_HOLD, DINAS_OFFICER, {"decider_id": PROVINCE}),
        (Action.REQUEST_CLOSE, DINAS_OFFICER, {"decider_id": PROVINCE}),
        (Action.HOLD, PROVINCE_ADMIN, {}),
        (Action.CHANGE_COPIES, PROVINCE_ADMIN, {"copies": (BIDANG,)}),
    ):
        state = (await _done(recorder, reports, state, action, actor, **details)).state
    close = next(r for r in state.requests if r.kind == "close")
    decide_it = {"request_id": close.id}
    await _done(recorder, reports, state, Action.ACCEPT_REQUEST, PROVINCE_ADMIN, **decide_it)
    rows = await reports.rows("SELECT kind, decision, decided_by FROM lifecycle.request ORDER BY 1")
    assert [tuple(row) for row in rows] == [("close", "accepted", 2), ("hold", "accepted", 2)]
    assert await reports.value("SELECT agency_id FROM lifecycle.copy") == BIDANG
    assert await reports.value("SELECT tab FROM lifecycle.report") == "closed"


async def _done(
    recorder: Recorder,
    reports: Reports,
    state: ReportState,
    action: Action,
    actor: Actor,
    **details: Any,
) -> StepResult:
    result = await recorder.record(await step_of(reports, state, action, actor, **details))
    assert result.verdict is Verdict.RECORDED
    return result


async def step_of(
    reports: Reports, state: ReportState, action: Action, actor: Actor, **details: Any
) -> Step:
    at = datetime.now(UTC)
    command: Command = await reports.command(state, action, actor, at, **details)
    assert isinstance(command.id, uuid.UUID)
    decision = decide(state, command, at)
    return Step(number=state.number, now=at, decision=decision, command=command, sent=True)
