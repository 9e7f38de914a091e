"""Kept from events, in whatever order they come, or made anew: the same statistics."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from services.reporting.statistics.event_reader import Recounting, keep_statistics
from services.reporting.statistics.period import Period
from services.reporting.statistics.rebuild import rebuild
from services.reporting.statistics.updates import refresh
from shared.bus.connection import Bus, connect
from shared.bus.report_events import report_message
from shared.bus.streams import declare
from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import TAB_OF, Status
from shared.settings import Settings
from tests.reporting.factory import CITY, FIRST, HEALTH, PAPUA, ROADS
from tests.reporting.statistics.conftest import LIVES, kept, nothing
from tests.reporting.statistics.lives import Life, random_life, write


@pytest.fixture
async def bus(settings: Settings) -> AsyncIterator[Bus]:
    await declare(settings.nats_url)
    bus = await connect(settings.nats_url, "tests", patience=10)
    await bus.js.purge_stream("REPORTS")
    yield bus
    await bus.close()


def event_of(life: Life) -> ReportEvent:
    """The event of the last step of a life."""
    return ReportEvent(
        number=life.number,
        version=len(life.lines) + 1,
        event="verified",
        action=Action.VERIFY,
        actor_kind=ActorKind.STAFF,
        at=datetime.now(UTC),
        from_status=None,
        status=Status(life.status),
        tab=TAB_OF[Status(life.status)],
        handler_id=life.handler,
        chain=(life.handler,),
        copies=(),
        channel="website",
        system=None,
        held=False,
        overdue=life.overdue,
        due_at=None,
        auto_close_at=None,
        details={},
    )


async def tell(bus: Bus, lives: Sequence[Life], trial: str) -> None:
    for life in lives:
        message = report_message(event_of(life))
        headers = {**message.headers, "Nats-Msg-Id": f"{trial}.{message.message_id}"}
        await bus.js.publish(message.subject, message.body, headers=headers)


async def read_all(bus: Bus) -> None:
    async with asyncio.timeout(120):
        while True:
            known = await bus.js.consumer_info("REPORTS", "statistics")
            if known.num_pending == known.num_ack_pending == 0:
                return
            await asyncio.sleep(0.05)


async def test_events_in_any_order_and_twice_give_what_a_rebuild_gives(
    settings: Settings,
    database: Database,
    lives: list[Life],
    owner: psycopg.Connection[Any],
    bus: Bus,
) -> None:
    chance = random.Random(9)
    repeated = [life for life in lives for _ in range(chance.choice([1, 1, 2]))]
    chance.shuffle(repeated)
    half = len(repeated) // 2
    async with keep_statistics(database, settings):
        await tell(bus, repeated[:half], "first")
        await read_all(bus)
    with owner.transaction():  # while nobody follows
        further = [further_life(life) for life in lives[:40]]
        for life in further:
            write(owner, life)
    await tell(bus, repeated[half:] + further + repeated[:20], "second")
    async with keep_statistics(database, settings):
        await read_all(bus)

    followed = kept(owner)
    assert len(followed[0]) == LIVES
    await rebuild(database, nothing)
    assert kept(owner) == followed


def further_life(life: Life) -> Life:
    life.line("reopen", 300)
    life.line("overdue", 300, details={"clock": "follow_up"})
    life.status, life.overdue, life.handler = "FOLLOWED_UP", True, HEALTH
    return life


async def test_events_that_come_during_a_rebuild_are_not_lost(
    settings: Settings,
    database: Database,
    lives: list[Life],
    owner: psycopg.Connection[Any],
    bus: Bus,
) -> None:
    chance = random.Random(3)
    fresh = [random_life(FIRST + 10_000 + n, chance) for n in range(60)]
    begun: list[int] = []

    def add(done: int, _total: int) -> None:
        """Others go on while it is made: these the rebuild has not read."""
        begun.append(done)
        with psycopg.connect(owner.info.dsn, password=owner.info.password) as another:
            for life in fresh:
                write(another, life)

    async with keep_statistics(database, settings):
        await rebuild(database, add)
        await tell(bus, fresh, "during")
        await read_all(bus)
    assert begun
    followed = kept(owner)
    assert {life.number for life in fresh} <= {row[0] for row in followed[0]}
    await rebuild(database, nothing)
    assert kept(owner) == followed


async def test_a_rebuild_in_many_parts_is_one_in_a_single_part(
    database: Database,
    lives: list[Life],
    owner: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await rebuild(database, nothing)
    whole = kept(owner)
    monkeypatch.setattr("services.reporting.statistics.rebuild.AT_ONCE", 7)
    monkeypatch.setattr("services.reporting.statistics.rebuild.KEPT", 20)
    monkeypatch.setattr("services.reporting.statistics.updates.ROWS", 5)
    await rebuild(database, nothing)
    assert kept(owner) == whole


async def test_an_interrupted_rebuild_leaves_the_former_statistics(
    database: Database, lives: list[Life], owner: psycopg.Connection[Any]
) -> None:
    await rebuild(database, nothing)
    before = kept(owner)

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild(database, interrupt)
    assert kept(owner) == before


async def test_an_agency_that_moves_takes_its_reports_along(
    database: Database, lives: list[Life], owner: psycopg.Connection[Any]
) -> None:
    await rebuild(database, nothing)
    count = "SELECT count(*) FROM reporting.holding WHERE agency_id = 3"
    [(of_roads,)] = owner.execute(count).fetchall()
    move = "UPDATE routing.agency SET parent_id = %s, path = %s WHERE id = %s"
    owner.execute(move, (PAPUA, [1, PAPUA, ROADS], ROADS))
    try:
        assert await Recounting(database).catch_up() == of_roads
        assert await Recounting(database).catch_up() == 0
        followed = kept(owner)
        await rebuild(database, nothing)
        assert kept(owner) == followed
    finally:
        owner.execute(move, (CITY, [1, CITY, ROADS], ROADS))


async def test_reports_that_a_former_version_counted_are_counted_anew_where_it_was_left(
    database: Database, lives: list[Life], owner: psycopg.Connection[Any]
) -> None:
    await rebuild(database, nothing)
    wanted = kept(owner)
    owner.execute("TRUNCATE reporting.holding, reporting.held_tally")
    owner.execute("UPDATE reporting.fact SET counted_by = 0")
    numbers = [number for (number,) in owner.execute("SELECT number FROM reporting.fact")]
    async with database.session() as session:
        await refresh(await raw(session), numbers[: len(numbers) // 3])  # and then a restart
    assert await Recounting(database).catch_up() == len(numbers) - len(numbers) // 3
    assert kept(owner) == wanted
    owner.execute("UPDATE reporting.fact SET counted_by = 0")  # by a former version still running
    assert await Recounting(database).catch_up() == len(numbers)
    assert kept(owner) == wanted


async def test_a_report_that_cannot_be_counted_is_left_aside(
    settings: Settings,
    database: Database,
    lives: list[Life],
    owner: psycopg.Connection[Any],
    bus: Bus,
) -> None:
    await rebuild(database, nothing)
    wanted = kept(owner)
    broken = random_life(FIRST + 20_000, random.Random(7))
    write(owner, broken)
    unknown = "UPDATE lifecycle.history SET action = 'of_a_later_version' WHERE number = %s"
    owner.execute(unknown, [broken.number])
    owner.execute("UPDATE reporting.fact SET counted_by = 0")
    await Recounting(database).catch_up()
    async with keep_statistics(database, settings):
        await tell(bus, [broken, *lives], "again")
        await read_all(bus)
    assert kept(owner) == wanted
    await rebuild(database, nothing)
    assert kept(owner) == wanted


async def test_what_is_no_event_becomes_a_dead_letter_and_the_rest_goes_on(
    settings: Settings,
    database: Database,
    lives: list[Life],
    owner: psycopg.Connection[Any],
    bus: Bus,
) -> None:
    owner.execute("DELETE FROM reporting.fact; DELETE FROM reporting.holding")
    await bus.js.publish("lapor.v1.report.verified", b"no event")
    await tell(bus, lives[:3], "beside")
    async with keep_statistics(database, settings):
        await read_all(bus)
    assert owner.execute("SELECT count(*) FROM reporting.fact").fetchone() == (3,)
    assert owner.execute("SELECT reason_code FROM lifecycle.dead_letter").fetchall()
    await rebuild(database, nothing)


@pytest.mark.parametrize("by_bucket", [True, False])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2025, 11, 17), date(2027, 2, 3)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 5, 5), date(2026, 5, 5)),
        (date(2024, 2, 29), date(2026, 3, 1)),
    ],
)
def test_a_period_is_covered_once(first: date, last: date, by_bucket: bool) -> None:
    days: list[int] = []
    for span, begin in Period(first, last).cover(by_bucket=by_bucket):
        ends = {
            "day": begin.toordinal() + 1,
            "month": date(begin.year + begin.month // 12, begin.month % 12 + 1, 1).toordinal(),
            "year": date(begin.year + 1, 1, 1).toordinal(),
        }
        days += range(begin.toordinal(), ends[span])
    assert days == list(range(first.toordinal(), last.toordinal() + 1))
