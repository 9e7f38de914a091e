"""Leaves alone, for a growing time, what a loop could not handle, so that the rest gets its
turn."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Backoff(Generic[Key]):
    """Keys that failed and are left alone for a while.

    Without it, one full batch of failing items would keep all others from being read. `first`,
    `longest` and `clock` are in seconds. A key that has not been tried again for long is forgotten.
    """

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
        """Note that the key failed, or is under way: leave it alone for twice as long as before."""
        pause = min(self._pause.get(key, self._first / 2) * 2, self._longest)
        self._pause[key], self._until[key] = pause, self._clock() + pause

    def at_most(self, key: Key, seconds: float) -> None:
        """Leave the key alone for at most `seconds`, now and after later failures.

        For trouble that is not the key's own: otherwise it would still wait when the trouble is
        over.
        """
        if key in self._pause:
            self._pause[key] = min(self._pause[key], seconds)
            self._until[key] = min(self._until[key], self._clock() + seconds)

    def forget(self, key: Key) -> None:
        """Forget a key that was handled successfully."""
        self._pause.pop(key, None)
        self._until.pop(key, None)

    def now(self) -> list[Key]:
        """The keys that are to be left alone at present."""
        now = self._clock()
        for key in [key for key, until in self._until.items() if until + self._longest * 2 < now]:
            self.forget(key)
        return [key for key, until in self._until.items() if until > now]
