"""The time, from one clock: the machine's, or one that a test sets."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """This moment, in UTC."""
    return _handed_in[-1]()


def hand_in(clock: Clock) -> None:
    """Use this clock from now on."""
    _handed_in.append(clock)


def take_back() -> None:
    """Use the clock from before the last `hand_in` again."""
    _handed_in.pop()


def _of_the_machine() -> datetime:
    return datetime.now(UTC)


_handed_in: list[Clock] = [_of_the_machine]
