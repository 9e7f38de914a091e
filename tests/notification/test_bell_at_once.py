"""Items of the bell that several read at once: nobody waits in a circle."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.bell.acting import read_by_acting
from services.notification.bell.marking import mark_read
from services.notification.models import BellItem
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.locks import all_wait, held
from tests.notification.conftest import Reported
from tests.notification.staff import OFFICER, UNIT, StaffTold


async def by_acting(session: AsyncSession, steps: list[ReportEvent]) -> None:
    await read_by_acting(session, steps)


async def all_of_one(session: AsyncSession, _: list[ReportEvent]) -> None:
    await mark_read(session, select(col(BellItem.id)).where(col(BellItem.staff_id) == OFFICER.id))


@pytest.mark.parametrize("read", [by_acting, all_of_one])
async def test_items_are_locked_by_their_ids_whatever_reports_they_are_of(
    reported: Reported,
    country: Country,
    settings: Settings,
    read: Callable[[AsyncSession, list[ReportEvent]], Awaitable[None]],
) -> None:
    staff = StaffTold(country, settings)
    told = sorted([await reported() for _ in range(3)], key=lambda each: each.number)
    noted = {"version": 3, "action": Action.COORDINATE, **UNIT}
    steps = [await each.happens("coordinated", Status.VERIFIED, **noted) for each in told]
    ids: list[int] = []
    for each in reversed(told):
        staff.did(OFFICER, each.number, 3)
        ids += country.one(
            "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
            " created_at) VALUES (%s, %s, 2, 'to_follow_up', 'new', '{}', %s) RETURNING ARRAY[id]",
            *(OFFICER.id, each.number, now() - timedelta(hours=1)),
        )
    database = Database(settings.database_url)

    async def reads() -> None:
        async with database.session() as session:
            await read(session, steps)

    lock = "SELECT FROM notification.bell WHERE id = %s FOR UPDATE"
    country.all("UPDATE notification.bell SET kind = kind WHERE id = %s", min(ids))
    async with held(country.url, lock, min(ids)):
        reading = asyncio.create_task(reads())
        await all_wait(country.url, 1)
        for later in sorted(ids)[1:]:
            country.all(f"{lock} NOWAIT", later)
    await reading
    await database.dispose()
    assert country.one("SELECT count(*) FROM notification.bell WHERE read_at IS NULL") == 0
