"""Mornings carried out: their batches become rows of messages. One schedule a zone begins them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import get_args

from sqlalchemy import select
from sqlmodel import col
from temporalio import activity
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import WorkflowIDConflictPolicy

from services.notification.digest import names
from services.notification.digest.names import DigestBatch, DigestRun, Mailing
from services.notification.digest.rows import write_digests
from services.notification.letter.rows import write_letters
from services.notification.metrics import count_morning
from services.notification.sending.retry_names import TASK_QUEUE
from shared.clock import now
from shared.database.engine import Database
from shared.database.policy_in_force import load_calendar
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import DAY, Zone

AGENCIES_A_BATCH = 100
CAUGHT_UP_WITHIN = timedelta(hours=3)
"""A morning on which Temporal was away for longer has no digest."""
OVER_WITHIN = timedelta(hours=6)
"""A morning that goes on for longer is ended, so that the next one begins."""


class DigestActivities:
    """What the worker does for digests. `written` is set so that rows are sent at once."""

    def __init__(self, database: Database, written: asyncio.Event) -> None:
        self._database, self._written = database, written

    @activity.defn(name=names.IS_DUE)
    async def is_due(self, batch: DigestBatch) -> bool:
        """Whether it is a working day. Letters are written on the first one of a week, on the later
        ones what is missing."""
        async with self._database.autocommit() as connection:
            calendar = await load_calendar(connection)
        due = calendar.is_working(batch.day)
        if not due and batch.mailing == "digest":
            count_morning(batch.zone, "not_due")
        return due

    @activity.defn(name=names.WRITE_BATCH)
    async def write_batch(self, batch: DigestBatch) -> int | None:
        """Write the rows of the next agencies; the last of these, None where there are no more."""
        of_zone = select(AgencyEntry).where(
            col(AgencyEntry.zone) == batch.zone, col(AgencyEntry.active)
        )
        following = of_zone.where(col(AgencyEntry.id) > batch.after).order_by(col(AgencyEntry.id))
        async with self._database.session() as session:
            agencies = (await session.scalars(following.limit(AGENCIES_A_BATCH))).all()
            if not agencies:
                if batch.mailing == "digest":
                    count_morning(batch.zone, "written")
                return None
            if batch.mailing == "letter":
                await write_letters(session, batch.day, agencies)
            else:
                await write_digests(session, batch, agencies)
        self._written.set()
        return agencies[-1].id


async def schedule_mornings(client: Client) -> bool:
    """Have the schedules as this version wants them; whether one is paused stays as it is. True
    once they are there."""
    for zone in Zone:
        for mailing in get_args(Mailing):
            await _schedule(client, zone, mailing)
    return True


async def write_letters_of_this_week(client: Client) -> None:
    """Have this week's letters of all zones written now, where they are not there yet: by its first
    working day, whichever that is. Asked twice at once, both wait for the same."""
    for zone in Zone:
        today = now().astimezone(zone.offset).date()
        for day in (today + (weekday - today.weekday()) * DAY for weekday in range(7)):
            ended = await client.execute_workflow(
                names.WORKFLOW,
                DigestRun(zone=zone, day=day, mailing="letter"),
                id=f"letter-{zone}-{day}",
                task_queue=TASK_QUEUE,
                execution_timeout=OVER_WITHIN,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            if ended != "not_due":
                break


async def _schedule(client: Client, zone: Zone, mailing: Mailing) -> None:
    id = f"{mailing}-{zone}"
    wanted = Schedule(
        action=ScheduleActionStartWorkflow(
            names.WORKFLOW,
            DigestRun(zone=zone, mailing=mailing),
            id=id,
            task_queue=TASK_QUEUE,
            execution_timeout=OVER_WITHIN,
            static_summary=f"The morning's {mailing}s in {zone}",
        ),
        spec=ScheduleSpec(calendars=[_mornings(zone)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CAUGHT_UP_WITHIN),
    )

    def brought_up(present: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = present.description.schedule.state
        return ScheduleUpdate(wanted)

    try:
        await client.create_schedule(id, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(id).update(brought_up)


def _mornings(zone: Zone) -> ScheduleCalendarSpec:
    """In UTC: our zones are fixed distances from it, which no server has to know."""
    local = datetime(2026, 1, 2, names.HOUR, names.MINUTE, tzinfo=zone.offset)
    utc = local.astimezone(UTC)
    return ScheduleCalendarSpec(hour=[ScheduleRange(utc.hour)], minute=[ScheduleRange(utc.minute)])
