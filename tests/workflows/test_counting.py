"""How many reports stand in each tab: as many as a count of all of them finds, at every moment."""

from datetime import UTC, datetime
from typing import Any

from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.decide import decide
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows.record_step import Recorder
from workflows.step_messages import Step
from workflows.tab_counts import Counting

Counts = dict[tuple[int, bool, str], int]


async def test_counts_go_along_with_every_step_and_stay_when_they_are_rolled_up(
    reports: Reports, worker_database: Database
) -> None:
    counting = Counting(worker_database)
    one, other = await reports.accept(), await reports.accept()
    assert await _kept(reports) == await _found(reports)
    for action, actor, details in (
        (Action.VERIFY, PROVINCE_ADMIN, {}),
        (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
        (Action.CLOSE, PROVINCE_ADMIN, {}),
        (Action.REOPEN, PROVINCE_ADMIN, {}),
    ):
        one = await _step(reports, worker_database, one, action, actor, **details)
        assert await _kept(reports) == await _found(reports), action
        if action is Action.FOLLOW_UP:
            await counting.once()
            await _step(reports, worker_database, other, Action.VERIFY, PROVINCE_ADMIN)
    handed_down = [key for key in await _kept(reports) if key[1]]
    assert handed_down, "the province has disposed both to its dinas"
    await counting.once()
    assert await reports.value("SELECT count(*) FROM lifecycle.tab_change") == 0
    assert await _kept(reports) == await _found(reports)


async def test_a_batch_of_new_reports_is_counted_as_one_change(reports: Reports) -> None:
    state = await reports.accept()
    before = await reports.value("SELECT count(*) FROM lifecycle.tab_change")
    await reports.rows(
        "INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,"
        " anonymous, secret, priority, held, overdue, submitted_at, last_step_at, state)"
        " SELECT number + g, version, status, tab, handler_id, chain, channel, anonymous, secret,"
        " priority, held, overdue, submitted_at, last_step_at, state"
        " FROM lifecycle.report, generate_series(1, 50) g WHERE number = :number RETURNING number",
        number=state.number,
    )
    assert await reports.value("SELECT count(*) FROM lifecycle.tab_change") == before + 1
    assert await _kept(reports) == await _found(reports)


async def _step(
    reports: Reports,
    database: Database,
    state: ReportState,
    action: Action,
    actor: Actor,
    **details: Any,
) -> ReportState:
    at = datetime.now(UTC)
    command = await reports.command(state, action, actor, at, **details)
    step = Step(
        number=state.number,
        now=at,
        decision=decide(state, command, at),
        command=command,
        sent=True,
    )
    return (await Recorder(database, "http://x").record(step)).state


async def _kept(reports: Reports) -> Counts:
    rows = await reports.rows(
        "SELECT agency_id, given, tab, sum(reports)::int FROM lifecycle.tab_reports"
        " GROUP BY 1, 2, 3 HAVING sum(reports) <> 0"
    )
    return {(agency, by_agency, tab): n for agency, by_agency, tab, n in rows}


async def _found(reports: Reports) -> Counts:
    counts: Counts = {}
    for tab, chain in await reports.rows("SELECT tab, chain FROM lifecycle.report"):
        *givers, handler = chain
        for key in [(handler, False, tab), *((giver, True, tab) for giver in givers)]:
            counts[key] = counts.get(key, 0) + 1
    return counts
