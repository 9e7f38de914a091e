"""Deadlines by the calendar as it is kept: Idul Fitri, joint leave, time zones, edits."""

from datetime import timedelta, timezone

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.statuses import Status
from shared.temporal.report_gateway import ReportGateway
from tests.workflows.country import PROVINCE_ADMIN
from tests.workflows.life import DAY, HOUR, MINUTE, WIB, Life
from workflows.recalculate_deadlines import Redating

TUESDAY, WEDNESDAY, FRIDAY = 1, 2, 4
LEAVE = [5, 6, 7, 8, 9, 12]
"""Days after a Wednesday, as those of Idul Fitri 1448 (10 and 11 March 2027) and *cuti bersama*
around it are after the third."""


async def test_ten_days_over_idul_fitri_and_joint_leave(life: Life) -> None:
    begun = await life.until(WEDNESDAY, 10)
    first = begun.astimezone(WIB).date()
    await life.reports.close_days(*(first + days * DAY for days in LEAVE))
    await life.accept()
    await life.verify()
    await life.follow_up()
    # The third being a Wednesday: 4 and 5, then 16 to 19, then 22 to 25.
    closing = begun + 22 * DAY
    assert (await life.state()).auto_close_at is not None
    await life.wait_until(closing - MINUTE)
    assert await life.status() is Status.FOLLOWED_UP
    await life.wait(2 * MINUTE)
    assert await life.status() is Status.CLOSED_BY_SYSTEM


@pytest.mark.parametrize(("zone", "hours"), [(Zone.WIB, 7), (Zone.WITA, 8), (Zone.WIT, 9)])
async def test_a_working_day_is_that_of_the_handlers_zone(
    life: Life, zone: Zone, hours: int
) -> None:
    local = timezone(timedelta(hours=hours))
    begun = await life.until(FRIDAY, 23, local)
    state = await life.accept(zone=zone)
    # One hour of Friday is left; three days end on Wednesday at 23:00 of the zone.
    assert state.due_at is not None
    assert abs(state.due_at - (begun + 5 * DAY)) < MINUTE
    await life.wait_until(begun + 5 * DAY - MINUTE)
    assert not (await life.state()).overdue
    await life.wait(3 * MINUTE)
    assert (await life.state()).overdue


async def test_leave_decreed_meanwhile_puts_the_deadline_off(
    life: Life, door_: ReportGateway
) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.reports.close_days((begun + DAY).astimezone(WIB).date())
    await Redating(life.reports.database, door_).once()
    state = await life.state()
    assert state.due_at is not None
    assert abs(state.due_at - (begun + 6 * DAY)) < MINUTE  # Friday was the third, now Monday
    await life.wait_until(begun + 3 * DAY + HOUR)  # the old timer asks and is told: not yet
    assert not (await life.state()).overdue
    await life.wait_until(begun + 6 * DAY + 2 * MINUTE)
    assert (await life.state()).overdue
    assert await life.happened() == ["submitted", "overdue"]


async def test_leave_taken_back_wakes_the_run_earlier(life: Life, door_: ReportGateway) -> None:
    begun = await life.until(TUESDAY, 10)
    leave = (begun + DAY).astimezone(WIB).date()
    await life.reports.close_days(leave)
    await Redating(life.reports.database, door_).once()
    await life.accept()
    await life.reports.value("DELETE FROM routing.closed_day WHERE day = :d RETURNING day", d=leave)
    await Redating(life.reports.database, door_).once()
    await life.wait_until(begun + 3 * DAY - MINUTE)
    assert not (await life.state()).overdue
    await life.wait(3 * MINUTE)
    assert (await life.state()).overdue


async def test_leave_taken_back_while_temporal_was_away_wakes_the_run_once_it_is_back(
    life: Life, door_: ReportGateway
) -> None:
    begun = await life.until(TUESDAY, 10)
    leave = (begun + DAY).astimezone(WIB).date()
    await life.reports.close_days(leave)
    await Redating(life.reports.database, door_).once()
    await life.accept()
    await life.reports.value("DELETE FROM routing.closed_day WHERE day = :d RETURNING day", d=leave)
    nowhere = await Client.connect("127.0.0.1:9", lazy=True, data_converter=pydantic_data_converter)
    with pytest.raises(RuntimeError):
        await Redating(life.reports.database, ReportGateway(nowhere, life.reports.database)).once()
    await Redating(life.reports.database, door_).once()
    await life.wait_until(begun + 3 * DAY + 2 * MINUTE)
    assert (await life.state()).overdue


async def test_a_hold_over_a_calendar_edit_keeps_the_working_time(
    life: Life, door_: ReportGateway
) -> None:
    begun = await life.until(TUESDAY, 10)
    await life.accept()
    await life.verify()
    await life.follow_up()
    await life.wait_until(begun + DAY)
    await life.do(Action.HOLD, PROVINCE_ADMIN)
    await life.reports.close_days((begun + 2 * DAY).astimezone(WIB).date())
    await Redating(life.reports.database, door_).once()
    await life.wait_until(begun + 7 * DAY)
    await life.do(Action.RELEASE, PROVINCE_ADMIN)
    state = await life.state()
    assert state.auto_close_at is not None
    # Nine of ten working days remain, from Tuesday to the Monday after next.
    assert abs(state.auto_close_at - (begun + 20 * DAY)) < MINUTE


@pytest.fixture
def door_(life: Life) -> ReportGateway:
    return ReportGateway(life.environment.client, life.reports.database)
