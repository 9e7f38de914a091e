"""What a loop could not handle is left alone for a time that grows: the rest has its turn."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class LeftAlone(Generic[Key]):
    """Without it, as many as a batch holds would keep all others from being read. `first`,
    `longest` and `clock` in seconds; forgets what has not been tried again for long."""

    def __init__(
        self,
        first: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        *,
        longest: float = 300.0,
    ) -> None:
        self._first, self._clock, self._longest = first, clock, longest
        self._pause: dict[Key, float] = {}
        self._until: dict[Key, float] = {}

    def add(self, key: Key) -> None:
        """One more time in vain, or under way: it is left alone for twice as long as before."""
        pause = min(self._pause.get(key, self._first / 2) * 2, self._longest)
        self._pause[key], self._until[key] = pause, self._clock() + pause

    def at_most(self, key: Key, seconds: float) -> None:
        """The trouble was everybody's, not its own: it is not left alone for longer than this, now
        and later, or it would wait on when the trouble is over."""
        if key in self._pause:
            self._pause[key] = min(self._pause[key], seconds)
            self._until[key] = min(self._until[key], self._clock() + seconds)

    def forget(self, key: Key) -> None:
        """It went well."""
        self._pause.pop(key, None)
        self._until.pop(key, None)

    def now(self) -> list[Key]:
        """What is to be left alone at present."""
        now = self._clock()
        for key in [key for key, until in self._until.items() if until + self._longest * 2 < now]:
            self.forget(key)
        return [key for key, until in self._until.items() if until > now]
