"""The time as a test wants it, whenever it is run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from shared.clock import hand_in, now, take_back
from shared.lifecycle.calendar import Zone


@dataclass
class Time:
    """Goes on from wherever it is set, always later than the machine's."""

    ahead: timedelta = field(default_factory=timedelta)

    def comes(self, hour: int, minute: int, zone: Zone = Zone.WIB) -> None:
        """It is this hour of the zone, the next time that there is one."""
        local = now().astimezone(zone.offset)
        then = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.passes(then + timedelta(days=then <= local) - local)

    def passes(self, span: timedelta) -> None:
        self.ahead += span


@contextmanager
def _handed_in() -> Iterator[Time]:
    time, offset = Time(), now() - datetime.now(UTC)
    hand_in(lambda: datetime.now(UTC) + offset + time.ahead)
    try:
        yield time
    finally:
        take_back()


@pytest.fixture
def time() -> Iterator[Time]:
    with _handed_in() as time:
        yield time


@pytest.fixture
def noon() -> Iterator[None]:
    """No day ends while the test goes on."""
    with _handed_in() as time:
        time.comes(12, 0)
        yield
