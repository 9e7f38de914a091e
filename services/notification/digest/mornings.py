"""Writes the messages of a morning in batches. One schedule for each zone starts them."""

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
"""If Temporal is away for longer than this, the digest of that morning is skipped."""
OVER_WITHIN = timedelta(hours=6)
"""A morning that runs for longer than this is ended, so that the next one can start."""


class DigestActivities:
    """The worker's activities for digests and letters. They set `written` so that the rows are sent
    at once."""

    def __init__(self, database: Database, written: asyncio.Event) -> None:
        self._database, self._written = database, written

    @activity.defn(name=names.IS_DUE)
    async def is_due(self, batch: DigestBatch) -> bool:
        """Whether the day is a working day. Letters are written on the first working day of a week;
        the later days write only missing ones."""
        async with self._database.autocommit() as connection:
            calendar = await load_calendar(connection)
        due = calendar.is_working(batch.day)
        if not due and batch.mailing == "digest":
            count_morning(batch.zone, "not_due")
        return due

    @activity.defn(name=names.WRITE_BATCH)
    async def write_batch(self, batch: DigestBatch) -> int | None:
        """Write the rows of the next agencies. Returns the id of the last one, or None if there are
        no more."""
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
    """Create or update the schedules for this version; a paused schedule stays paused. Returns
    True."""
    for zone in Zone:
        for mailing in get_args(Mailing):
            await _schedule(client, zone, mailing)
    return True


async def write_letters_of_this_week(client: Client) -> None:
    """Write the missing letters of this week for all zones now, as of its first working day. Two
    calls at the same time wait for the same run."""
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
    """The time of the morning in UTC. The zones have fixed offsets, so no server needs to know
    them."""
    local = datetime(2026, 1, 2, names.HOUR, names.MINUTE, tzinfo=zone.offset)
    utc = local.astimezone(UTC)
    return ScheduleCalendarSpec(hour=[ScheduleRange(utc.hour)], minute=[ScheduleRange(utc.minute)])
