"""What the tests of the morning's digests share: people who have them, and writing them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.notification.digest.mornings import DigestActivities
from services.notification.digest.names import DigestBatch
from services.notification.sending import sender as sending
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.calendar import Zone
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import Reported
from tests.notification.staff import StaffTold

ADDRESS = "tari@binamarga.example"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.2)


@pytest.fixture
def staff(country: Country, settings: Settings) -> StaffTold:
    return StaffTold(country, settings)


@pytest.fixture
async def writing(settings: Settings) -> AsyncIterator[DigestActivities]:
    """What the worker does, without Temporal."""
    database = Database(settings.database_url)
    yield DigestActivities(database, asyncio.Event())
    await database.dispose()


def today() -> date:
    return now().astimezone(Zone.WIB.offset).date()


async def written(writing: DigestActivities, day: date | None = None) -> None:
    """All batches of a morning."""
    batch = DigestBatch(zone=Zone.WIB, day=day or today(), after=0)
    while (last := await writing.write_batch(batch)) is not None:
        batch = batch.model_copy(update={"after": last})


def facts(country: Country, staff_id: int) -> list[dict[str, Any]]:
    rows = country.all(
        "SELECT facts FROM notification.message WHERE template = 'digest' AND recipient = %s",
        f"staff-{staff_id}",
    )
    return [dict(row[0]) for row in rows]


def counts(country: Country, staff_id: int) -> dict[str, int]:
    """What one digest says, by section."""
    [digest] = facts(country, staff_id)
    return {name: section["count"] for name, section in digest["sections"].items()}


async def owed(reported: Reported, staff: StaffTold, due: timedelta, **columns: Any) -> int:
    told = await reported()
    owed_now: dict[str, Any] = {"due_at": now() + due, "overdue": due < timedelta()}
    staff.handled_by_unit(told.number, **owed_now | columns)
    return told.number


async def staff_mailed(staff: StaffTold, count: int) -> None:
    """Once so many messages to staff have ended."""
    async with asyncio.timeout(60):
        while True:
            ended = staff.country.one(
                "SELECT count(*) FROM notification.message WHERE state <> 'queued'"
            )
            if ended >= count:
                return
            await asyncio.sleep(0.05)
