"""Notifies the others of pusat at once that one of them has opened a reporter's identity in an
emergency. The bus has no such event; routing publishes what nobody has confirmed yet."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.staff_table import EMERGENCY
from services.notification.models import BellItem
from services.notification.staff.messages import notify_staff
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.database.views import Emergency
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.state import ReportState
from shared.resilience.periodic import by_itself

LOOP = "emergencies"


async def notify_of_emergencies(database: Database, written: asyncio.Event) -> None:
    """Write the bell items and mail of emergencies of which nobody was notified yet. Sets `written`
    so that mail is sent at once."""
    async with database.session() as session:
        new = await _not_notified(session)
    for emergency, report in new:
        await by_itself(LOOP, emergency.request_id, _notify(database, emergency, report))
        written.set()


async def _notify(database: Database, emergency: Emergency, report: Report) -> None:
    async with database.session() as session:
        await notify_staff(session, [(_event(emergency, report), EMERGENCY)])


async def _not_notified(session: AsyncSession) -> list[tuple[Emergency, Report]]:
    request_id = col(BellItem.facts)["request_id"].astext
    notified = select(request_id).where(col(BellItem.template) == EMERGENCY.template)
    waiting = select(Emergency, Report).join(Report, col(Report.number) == col(Emergency.number))
    rows = (await session.execute(waiting)).all()
    if not rows:
        return []
    numbers = [emergency.number for emergency, _ in rows]
    known = set(await session.scalars(notified.where(col(BellItem.number).in_(numbers))))
    return [(each, report) for each, report in rows if str(each.request_id) not in known]


def _event(emergency: Emergency, report: Report) -> ReportEvent:
    """The notice in the form of an event, although it is no step of the report."""
    return ReportEvent.of_step(
        ReportState.model_validate(report.state),
        event=EMERGENCY.event,
        action=Action.AMEND,
        actor_kind=ActorKind.STAFF,
        at=emergency.asked_at,
        from_status=None,
        details={"asked_by": emergency.asked_by, "request_id": str(emergency.request_id)},
    )
