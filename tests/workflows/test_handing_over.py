"""An agency's, a unit's or an officer's reports go to another; clocks and requests go on."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.database.engine import Database, raw
from shared.lifecycle import clocks
from shared.lifecycle.actions import Action, FollowUpKind
from shared.lifecycle.calendar import WorkingCalendar, Zone, spread
from shared.lifecycle.chain import chain_after_succession
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Handing
from shared.lifecycle.people import Actor, Role
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.telemetry import registry
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import (
    BIDANG,
    DINAS,
    DINAS_ADMIN,
    DINAS_OFFICER,
    PROVINCE,
    PROVINCE_ADMIN,
    add_staff,
)
from tests.workflows.factory import Reports
from workflows.handovers import HandingOver, handover_command

NEW = 101
PROPER = {"follow_up_kind": FollowUpKind.FOLLOW_UP}


@pytest.fixture
async def handing_over(
    owner: Database, worker: None, worker_database: Database, gateway: ReportGateway
) -> HandingOver:
    """In a country with another dinas, further east."""
    async with owner.session() as session:
        connection = await raw(session)
        await connection.execute(
            "INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active)"
            " VALUES (101, 'A101', 'Dinas baru', 'unit', 10, '{1,10,101}', 'WITA', true)"
        )
        await add_staff(connection, 91, NEW, Role.AGENCY_ADMIN)
    return HandingOver(worker_database, gateway)


async def test_a_successor_takes_over_open_and_closed_reports_copies_and_places_in_chains(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway
) -> None:
    handled = await disposed(reports, gateway)
    closed = await disposed(reports, gateway)
    await do(reports, gateway, closed, Action.FOLLOW_UP, DINAS_OFFICER, **PROPER)
    await do(reports, gateway, closed, Action.CLOSE, PROVINCE_ADMIN)
    below = await disposed(reports, gateway)
    down = Handing(chain=(PROVINCE, DINAS, BIDANG), zone=Zone.WIB)
    await do(reports, gateway, below, Action.FORWARD, DINAS_ADMIN, handing=down)
    copied = await reports.accept()
    await do(reports, gateway, copied, Action.CHANGE_COPIES, PROVINCE_ADMIN, copies=(DINAS,))
    before = await reports.state(handled.number)

    await reports.rows(  # an agency is removed once its units stand elsewhere
        "UPDATE routing.agency SET parent_id = 101, path = '{1,10,101,1000}' WHERE id = 1000"
        " RETURNING 1"
    )
    await ask(reports, "agency", DINAS, NEW, DINAS)
    await handing_over.once()
    await handing_over.once()

    after = await reports.state(handled.number)
    assert after.chain == (PROVINCE, NEW)
    assert after.zone is Zone.WITA
    assert after.status is Status.VERIFIED
    assert {(c.kind, c.policy_version) for c in after.clocks} == {
        (c.kind, c.policy_version) for c in before.clocks
    }
    assert all(c.deadline is not None for c in after.clocks)
    ended = await reports.state(closed.number)
    assert (ended.status, ended.handler_id) == (Status.CLOSED_BY_ADMIN, NEW)
    assert (await reports.state(below.number)).chain == (PROVINCE, NEW, BIDANG)
    assert (await reports.state(copied.number)).copies == (NEW,)
    line = (await reports.history(handled.number))[-1]
    assert (line.action, line.staff_id, line.actor_kind) == ("succeed", 1, "staff")
    assert line.details == {
        "agency_id": DINAS, "successor_id": NEW, "from_handler": DINAS, "to_handler": NEW,
    }  # fmt: skip
    counted = await reports.rows(
        "SELECT agency_id, sum(reports) AS n FROM lifecycle.tab_reports"
        " WHERE tab = 'closed' AND NOT given GROUP BY 1"
    )
    assert dict(counted) == {DINAS: 0, NEW: 1}
    progress = (await reports.rows("SELECT * FROM lifecycle.handover_progress"))[0]
    assert progress.handed == 4
    assert progress.finished_at is not None


async def test_a_report_that_cannot_be_handed_over_keeps_no_other_waiting(
    handing_over: HandingOver,
    reports: Reports,
    gateway: ReportGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workflows.handovers.BATCH", 1)
    states = [await disposed(reports, gateway) for _ in range(3)]
    query = "UPDATE lifecycle.report SET state = '{}' WHERE number = :n RETURNING 1"
    await reports.value(query, n=states[1].number)
    await ask(reports, "reports", DINAS, NEW, DINAS)
    await handing_over.once()
    for state in (states[0], states[2]):
        assert (await reports.state(state.number)).handler_id == NEW


@pytest.mark.parametrize("spoiled", ["{}", "[]", '{"number": "x"}'])
async def test_a_report_nobody_can_read_is_left_alone_and_the_hand_over_finishes(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway, spoiled: str
) -> None:
    hour = [0.0]
    rounds = HandingOver(handing_over.database, gateway, clock=lambda: hour[0])
    states = [await disposed(reports, gateway) for _ in range(2)]
    spoil = (
        "UPDATE lifecycle.report SET state = CAST(:state AS jsonb) WHERE number = :n RETURNING 1"
    )
    await reports.value(spoil, n=states[0].number, state=spoiled)
    await ask(reports, "reports", DINAS, NEW, DINAS)
    before = set_aside("ValidationError")
    for _ in range(5):
        await rounds.once()
    assert set_aside("ValidationError") == before + 1
    assert (await reports.state(states[1].number)).handler_id == NEW
    finished = "SELECT finished_at IS NOT NULL FROM lifecycle.handover_progress"
    assert await reports.value(finished)

    mended = states[0].model_dump_json()
    await reports.value(spoil, n=states[0].number, state=mended)
    hour[0] += 3600
    await rounds.once()
    assert (await reports.state(states[0].number)).handler_id == NEW


async def test_a_command_that_its_report_refuses_does_not_keep_a_hand_over_from_finishing(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway
) -> None:
    state = await disposed(reports, gateway)
    await ask(reports, "reports", DINAS, NEW, DINAS)
    [row] = await reports.rows("SELECT * FROM routing.published_handover")
    command = handover_command(dict(row._mapping), state, (PROVINCE, NEW))
    await reports.rows(
        "INSERT INTO lifecycle.command (id, number, action, at, body, done, refusal)"
        " VALUES (:id, :n, 'succeed', now(), '{}', false, 'report_moved') RETURNING 1",
        id=command.id,
        n=state.number,
    )
    before = set_aside("RefusedError")
    for _ in range(3):
        await handing_over.once()
    assert set_aside("RefusedError") == before + 1
    assert await reports.value("SELECT finished_at IS NOT NULL FROM lifecycle.handover_progress")


async def test_chains_put_right_are_looked_at_again_once_a_minute(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway
) -> None:
    second = [0.0]
    rounds = HandingOver(handing_over.database, gateway, clock=lambda: second[0])
    state = await disposed(reports, gateway)
    await ask(reports, "chains", PROVINCE, PROVINCE, PROVINCE)
    for _ in range(2):  # it finishes, and is looked at again for the first time
        await rounds.once()
    down = Handing(chain=(PROVINCE, DINAS, BIDANG), zone=Zone.WIB)
    await do(reports, gateway, state, Action.FORWARD, DINAS_ADMIN, handing=down)
    await reports.rows(  # on its way while the unit moved
        "UPDATE routing.agency SET parent_id = 101, path = '{1,10,101,1000}' WHERE id = 1000"
        " RETURNING 1"
    )
    second[0] += 59
    await rounds.once()
    assert (await reports.state(state.number)).chain == (PROVINCE, DINAS, BIDANG)
    second[0] += 2
    await rounds.once()
    assert (await reports.state(state.number)).chain == (PROVINCE, BIDANG)


async def test_requests_go_on_with_the_successor_and_their_clock_with_them(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway
) -> None:
    state = await disposed(reports, gateway)
    await do(
        reports, gateway, state, Action.REQUEST_NOT_AUTHORITY, DINAS_OFFICER, decider_id=PROVINCE
    )
    asked = await request_clock(reports, state.number)
    await ask(reports, "agency", DINAS, NEW, DINAS)
    await handing_over.once()
    request = (await reports.rows("SELECT * FROM lifecycle.request"))[0]
    assert (request.agency_id, request.decider_id, request.decision) == (NEW, PROVINCE, None)
    assert (await reports.state(state.number)).requests[0].agency_id == NEW
    # What has passed is measured where it passed; the rest runs in working days further east,
    # which begin an hour earlier: asked on a day off, the date is not the same.
    taken_over = await request_clock(reports, state.number)
    assert taken_over.zone is Zone.WITA
    assert taken_over.anchor is not None
    assert asked.anchor is not None
    calendar = WorkingCalendar(frozenset())
    passed = calendar.between(asked.anchor, taken_over.anchor, Zone.WIB)
    assert taken_over.remaining == asked.remaining - passed
    end = calendar.add(taken_over.anchor, taken_over.remaining, Zone.WITA)
    due_at = spread(end, state.number, Zone.WITA)
    assert request.due_at == taken_over.deadline == due_at


async def test_of_a_unit_only_the_open_reports_go(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway
) -> None:
    still_open, closed = await disposed(reports, gateway), await disposed(reports, gateway)
    await do(reports, gateway, closed, Action.FOLLOW_UP, DINAS_OFFICER, **PROPER)
    await do(reports, gateway, closed, Action.CLOSE, PROVINCE_ADMIN)
    await ask(reports, "reports", DINAS, NEW, DINAS)
    await handing_over.once()
    assert (await reports.state(still_open.number)).handler_id == NEW
    assert (await reports.state(closed.number)).handler_id == DINAS


async def test_an_officer_s_assignments_go_to_a_colleague(
    handing_over: HandingOver, reports: Reports, gateway: ReportGateway
) -> None:
    state = await disposed(reports, gateway)
    await do(reports, gateway, state, Action.COORDINATE, DINAS_ADMIN, assignee_id=4)
    await ask(reports, "assignments", 4, 3, DINAS)
    await handing_over.once()
    assert await reports.value("SELECT assignee_id FROM lifecycle.report") == 3
    line = (await reports.history(state.number))[-1]
    assert (line.action, line.details) == ("coordinate", {"assignee_id": 3})


@pytest.mark.parametrize(
    ("chain", "after"),
    [
        ((1, 2), (1, 9)),
        ((2, 9), (9,)),
        ((1, 2, 9), (1, 9)),
        ((9, 2), (9,)),
        ((2, 3, 9), (3, 9)),
        ((9, 2, 3), (9, 3)),
        ((1, 3), (1, 3)),
    ],
)
def test_the_successor_stands_in_a_chain_once(
    chain: tuple[int, ...], after: tuple[int, ...]
) -> None:
    assert chain_after_succession(chain, 2, 9) == after


def set_aside(reason: str) -> float:
    labels = {"loop": "handing over", "reason": reason}
    return registry.get_sample_value("lapor_set_aside_total", labels) or 0.0


async def request_clock(reports: Reports, number: int) -> clocks.Clock:
    [clock] = [c for c in (await reports.state(number)).clocks if c.kind is ClockKind.REQUEST]
    return clock


async def disposed(reports: Reports, gateway: ReportGateway) -> ReportState:
    state = await reports.accept()
    await do(reports, gateway, state, Action.VERIFY, PROVINCE_ADMIN)
    return await reports.state(state.number)


async def do(
    reports: Reports,
    gateway: ReportGateway,
    report: ReportState,
    action: Action,
    actor: Actor,
    **details: Any,
) -> None:
    state = await reports.state(report.number)
    command = await reports.command(state, action, actor, datetime.now(UTC), **details)
    outcome = await gateway.send(command, state)
    assert outcome is not None
    assert outcome.done, outcome


async def ask(reports: Reports, kind: str, from_id: int, to_id: int, agency_id: int) -> None:
    await reports.rows(
        "INSERT INTO routing.handover (id, kind, from_id, to_id, agency_id, total, staff_id, role,"
        " staff_agency_id) VALUES (:id, :kind, :from, :to, :agency, 1, 1, 'central_admin', 1)"
        " RETURNING 1",
        **{"id": uuid.uuid4(), "kind": kind, "from": from_id, "to": to_id, "agency": agency_id},
    )
