"""Notifies the handlers of reports two working days before a deadline.

The report has no clock for this. In each zone, stored deadlines within two working days are looked
up, except those that were notified. There is no cursor: a clock that resumes with little time left
can set a deadline earlier than those already looked at.
"""

from collections.abc import Collection, Sequence

from pydantic import ValidationError
from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.staff_table import DEADLINE_NEAR
from services.notification.models import ToldDeadline
from services.notification.staff.messages import notify_staff
from shared.clock import now
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.database.policy_in_force import load_calendar
from shared.database.views import AgencyEntry
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import DAY, Zone
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.state import ReportState
from shared.resilience.periodic import by_itself
from shared.resilience.set_aside import count_set_aside

NEAR = 2 * DAY
"""Working time."""
AT_ONCE = 500
LOOP = "near deadlines"


async def notify_of_deadlines(database: Database) -> None:
    """Look at each zone once. Any number of processes may do so."""
    for zone in Zone:
        await by_itself(LOOP, zone, _notify_zone(database, zone))


async def _notify_zone(database: Database, zone: Zone) -> None:
    count = AT_ONCE
    while count == AT_ONCE:
        async with database.session() as session:
            reports = await _near_deadlines(session, zone)
            untold = await _mark_notified(session, reports)
            events = [_event(report) for report in reports if report.number in untold]
            await notify_staff(session, [(event, DEADLINE_NEAR) for event in events if event])
        count = len(reports)


async def _near_deadlines(session: AsyncSession, zone: Zone) -> Sequence[Report]:
    """Reports of the zone whose present deadline was not notified. Reports that were notified of an
    earlier deadline are included, as a clock that was paused gets a new one."""
    at = now()
    horizon = (await load_calendar(session)).add(at, NEAR, zone)
    due_at, number = col(Report.due_at), col(Report.number)
    of_zone = select(col(AgencyEntry.id)).where(col(AgencyEntry.zone) == zone.value)
    known = exists().where(col(ToldDeadline.number) == number, col(ToldDeadline.due_at) == due_at)
    near = (
        select(Report)
        .where(
            col(Report.ended_at).is_(None),
            due_at <= horizon,
            due_at > at,
            col(Report.handler_id).in_(of_zone),
            ~known,
        )
        .order_by(due_at, number)
        .limit(AT_ONCE)
    )
    return (await session.scalars(near)).all()


async def _mark_notified(session: AsyncSession, reports: Sequence[Report]) -> Collection[int]:
    """Mark the deadlines as notified. Returns the numbers of reports that no other process has
    marked meanwhile."""
    if not reports:
        return ()
    rows = sorted((report.number, report.due_at) for report in reports)  # locked in one order
    notes = insert(ToldDeadline).values([{"number": n, "due_at": due_at} for n, due_at in rows])
    marked = notes.on_conflict_do_update(
        index_elements=["number"],
        set_={"due_at": notes.excluded.due_at},
        where=col(ToldDeadline.due_at) != notes.excluded.due_at,
    ).returning(col(ToldDeadline.number))
    return set(await session.scalars(marked))


def _event(report: Report) -> ReportEvent | None:
    """The notice in the form of an event, although it is no step of the report. None if the
    report's state cannot be read; the others are notified."""
    try:
        state = ReportState.model_validate(report.state)
    except ValidationError as error:
        count_set_aside(LOOP, type(error).__name__, report.number)
        return None
    return ReportEvent.of_step(
        state,
        event=DEADLINE_NEAR.event,
        action=Action.OVERDUE,
        actor_kind=ActorKind.SYSTEM,
        at=now(),
        from_status=None,
        details={},
    )
