"""What open bells ask of the database."""

from contextlib import aclosing
from uuid import uuid4

import pytest

from services.notification.bell import live as bell_stream
from services.notification.bell.changes import BellChanges
from services.notification.bell.live import Listener
from shared.database.engine import Database
from shared.http.tokens import Staff
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.staff import OFFICER
from tests.plans import plans_of


def ring(country: Country, id: int) -> None:
    country.all(
        "INSERT INTO notification.bell (id, staff_id, number, version, template, kind, facts,"
        " created_at) VALUES (%s, %s, 1, %s, 'late', 'late', '{}', now())",
        *(id, OFFICER.id, id),
    )


async def test_open_bells_read_a_few_rows_a_person_each_second(
    country: Country, settings: Settings
) -> None:
    database = Database(settings.database_url)
    changes = BellChanges(database)
    with changes.listening(OFFICER.id) as bell:
        await changes.look()
        ring(country, 2)
        bell.changed.clear()
        plans = await plans_of(database, changes.look())
        assert bell.changed.is_set()
        bell.changed.clear()
        await changes.look()
        assert not bell.changed.is_set()
        country.all("UPDATE notification.bell SET read_at = now()")  # by another process
        await changes.look()
        assert bell.changed.is_set()
        for id in (3, 4, 5):
            ring(country, id)
        for id in (4, 3, 5):  # one in the middle, the oldest, the last
            await changes.look()
            bell.changed.clear()
            country.all("UPDATE notification.bell SET read_at = now() WHERE id = %s", id)
            await changes.look()
            assert bell.changed.is_set(), id
    await database.dispose()
    assert "Limit" in plans and "bell_of_person" in plans and "bell_unread" in plans, plans


async def test_a_slow_browser_keeps_no_transaction_and_what_was_missed_is_counted(
    country: Country, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def same(_: object, staff: Staff, __: object) -> Staff:
        return staff

    database = Database(settings.database_url)
    monkeypatch.setattr(bell_stream, "staff_in_directory", same)
    monkeypatch.setattr(bell_stream, "CHECKED_EVERY", 0.0)
    monkeypatch.setattr(bell_stream, "HEARTBEAT", 0.01)
    listener = Listener(OFFICER, uuid4(), BellChanges(database))
    async with aclosing(bell_stream._events(listener, database)) as events:
        await anext(events)
        assert (await anext(events)).event == "unread"
        in_use: int = database.engine.pool.checkedout()  # type: ignore[attr-defined]
        assert in_use == 0
        later = [(await anext(events)).event for _ in range(2)]
        assert "unread" in later  # nobody was woken
    await database.dispose()
