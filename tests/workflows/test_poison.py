"""What a background loop cannot handle is left aside, and its neighbour is served."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action, DeferralKind
from shared.lifecycle.people import Role
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.resilience.periodic import by_itself
from shared.telemetry import registry
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import MISSION, PROVINCE_ADMIN, add_staff
from tests.workflows.factory import Reports
from workflows import connected_agencies, resend_commands
from workflows.connected_agencies import Connecting
from workflows.launcher import Launcher
from workflows.recalculate_deadlines import Redating
from workflows.resend_commands import Resending


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (RuntimeError("not connected"), True),
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (RecursionError(), False),
        (NotImplementedError(), False),
        (LookupError(), False),
        (ValueError(), False),
    ],
)
async def test_a_defect_is_not_taken_for_a_server_that_is_away(
    error: Exception, away: bool
) -> None:
    async def fails() -> None:
        raise error

    why = type(error).__name__
    before = _set_aside("defects", why)
    await by_itself("defects", 1, fails())
    assert _set_aside("defects", why) == before + (not away)


async def test_a_command_that_cannot_be_sent_keeps_no_other_waiting(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    worker_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resend_commands, "BATCH", 1)
    poison, neighbour = [await reports.accept() for _ in range(2)]
    for state, ago in ((poison, 20), (neighbour, 10)):
        asked = datetime.now(UTC) - timedelta(seconds=ago)
        await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, asked)
    await _spoil(reports, poison)
    before, rounds = (
        _set_aside("resending"),
        Resending(worker_database, gateway, Launcher(worker_database, gateway)),
    )
    for _ in range(2):
        await rounds.once()
    assert (await reports.state(neighbour.number)).status is Status.VERIFIED
    assert _set_aside("resending") == before + 1


async def test_however_long_temporal_was_away_a_command_is_sent_again_within_a_minute(
    reports: Reports,
    gateway: ReportGateway,
    worker_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, asked = await reports.accept(), datetime.now(UTC) - timedelta(minutes=30)
    await reports.command(state, Action.VERIFY, PROVINCE_ADMIN, asked)
    second, sent_at = 0, []

    async def away(*_: object) -> None:
        sent_at.append(second)

    monkeypatch.setattr(gateway, "send", away)
    launcher = Launcher(worker_database, gateway)
    rounds = Resending(worker_database, gateway, launcher, clock=lambda: second)
    for second in range(0, 1_200, 2):  # noqa: B007  the clock
        await rounds.once()
    pauses = [after - before for before, after in pairwise(sent_at)]
    assert pauses[:3] == [4, 8, 16]
    assert max(pauses) == pauses[-1] == 60


async def test_a_report_that_cannot_be_launched_keeps_no_other_waiting(
    reports: Reports,
    worker: None,
    gateway: ReportGateway,
    worker_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resend_commands, "BATCH", 1)
    long_ago = datetime.now(UTC) - timedelta(minutes=10)
    poison = await reports.accept(at=long_ago)
    neighbour = await reports.accept(at=long_ago + timedelta(minutes=1))
    await _spoil(reports, poison)
    rounds = Resending(worker_database, gateway, Launcher(worker_database, gateway))
    for _ in range(2):
        await rounds.once()
    launched = await reports.rows(
        "SELECT number FROM lifecycle.report WHERE launched_at IS NOT NULL"
    )
    assert [row.number for row in launched] == [neighbour.number]


async def test_a_report_that_cannot_go_on_when_its_agency_connects_keeps_no_other_waiting(
    reports: Reports,
    owner: Database,
    worker: None,
    gateway: ReportGateway,
    worker_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connected_agencies, "BATCH", 1)
    poison, neighbour = [await reports.accept() for _ in range(2)]
    for state in (poison, neighbour):
        how: dict[str, Any] = {
            "deferral": DeferralKind.AGENCY_NOT_CONNECTED,
            "awaited_agency_id": MISSION,
        }
        asked = datetime.now(UTC)
        command = await reports.command(state, Action.DEFER, PROVINCE_ADMIN, asked, **how)
        await gateway.send(command, state)
    await _spoil(reports, poison)
    async with owner.session() as session:
        await add_staff(await raw(session), 90, MISSION, Role.AGENCY_ADMIN)
    rounds = Connecting(worker_database, gateway)
    for _ in range(2):
        await rounds.once()
    assert (await reports.state(neighbour.number)).status is Status.UNVERIFIED


async def test_a_report_that_cannot_be_dated_anew_keeps_no_other_waiting(
    reports: Reports, worker: None, gateway: ReportGateway, worker_database: Database
) -> None:
    poison, neighbour = [await reports.accept() for _ in range(2)]
    await reports.value(
        "UPDATE lifecycle.report SET state = jsonb_set(state, '{zone}', '5')"
        " WHERE number = :n RETURNING 1",
        n=poison.number,
    )
    assert neighbour.due_at is not None
    today = datetime.now(UTC).date()
    await reports.close_days(*(today + timedelta(days=n) for n in range(1, 8)))
    before = _set_aside("redating")
    await Redating(worker_database, gateway).once()
    dated = await reports.state(neighbour.number)
    assert dated.due_at is not None
    assert dated.due_at > neighbour.due_at
    assert _set_aside("redating") == before + 1
    mark = "SELECT finished_at IS NOT NULL FROM lifecycle.redating_progress"
    assert await reports.value(mark)


async def _spoil(reports: Reports, state: ReportState) -> None:
    """Nobody can read this state; the columns beside it are as they were."""
    await reports.value(
        "UPDATE lifecycle.report SET state = '{}' WHERE number = :n RETURNING 1", n=state.number
    )


def _set_aside(loop: str, why: str = "ValidationError") -> float:
    reason = {"loop": loop, "reason": why}
    return registry.get_sample_value("lapor_set_aside_total", reason) or 0.0
