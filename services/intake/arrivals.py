"""Submissions that arrive at the same time are counted, looked up and accepted together."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from services.intake.accepting.acceptance import Acceptance
from services.intake.accepting.new_report import Accepted, DifferentContent
from services.intake.accepting.preparing import Arrival, Prepared
from shared.batcher import Batcher, answered
from shared.database.engine import Database, KeptConnection
from shared.http.limits import RateLimits, Use
from shared.http.problems import Problem, too_many

Outcome = Accepted | Exception
LANES = 2
"""How many batches run at the same time. With only one, intake and Postgres waited for each other
half of the time."""


class Arrivals:
    """Accepts reports that arrive at the same time with few statements and one commit. It has its
    own connections. Each report exists when its answer is given.

    Raises `DifferentContent`, and the problems: 429 beyond the limit, 422 for an unknown agency or
    category.
    """

    def __init__(self, database: Database, limits: RateLimits, acceptance: Acceptance) -> None:
        self._idle = [database.kept_connection() for _ in range(LANES)]
        self._limits = limits
        self._acceptance = acceptance
        self._batcher = Batcher(self._together, lanes=LANES)

    async def accept(self, arrival: Arrival) -> Accepted:
        """Accept this report; returns the answer."""
        return await self._batcher.ask(arrival)

    async def _together(self, arrivals: Sequence[Arrival]) -> list[Outcome]:
        connection = self._idle.pop()
        try:
            return await self._on(connection, arrivals)
        finally:
            self._idle.append(connection)

    async def _on(self, connection: KeptConnection, arrivals: Sequence[Arrival]) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        waiting = dict(enumerate(arrivals))
        await self._count_repeats(connection, waiting, outcomes)
        # If one report of the batch fails, the others are still counted once: counting and
        # preparing are one statement.
        preparing = partial(self._prepare, connection)
        prepared = await answered(preparing, list(waiting.values()))
        ready: dict[int, Prepared] = {}
        for index, result in zip(waiting, prepared, strict=True):
            if isinstance(result, Prepared):
                ready[index] = result
            else:
                outcomes[index] = result
        order = sorted(ready, key=lambda index: ready[index].report.own_key)
        writing = partial(self._write, connection)
        outcomes |= zip(order, await answered(writing, [ready[i] for i in order]), strict=True)
        return [outcomes[index] for index in range(len(arrivals))]

    async def _count_repeats(
        self,
        connection: KeptConnection,
        waiting: dict[int, Arrival],
        outcomes: dict[int, Outcome],
    ) -> None:
        """Count the uses that the preparing statement cannot: it counts each subject once, and only
        one limit."""
        seen: set[Use] = set()
        repeats: dict[int, Use] = {}
        for index, arrival in waiting.items():
            if (use := arrival.use) is not None:
                if use in seen or (seen and next(iter(seen))[0] != use[0]):
                    repeats[index] = use
                else:
                    seen.add(use)
        if not repeats:
            return
        waits = await self._limits.count(await connection.get(), list(repeats.values()))
        for index, wait in zip(repeats, waits, strict=True):
            if wait is None:
                waiting[index] = replace(waiting[index], use=None)
            else:
                outcomes[index] = too_many(wait)
                del waiting[index]

    async def _prepare(
        self, connection: KeptConnection, arrivals: Sequence[Arrival]
    ) -> list[Prepared | Problem]:
        session = await connection.get()
        prepared = await self._acceptance.prepare(session, arrivals, self._limits)
        await self._limits.sweep(session, len(arrivals))
        return prepared

    async def _write(
        self, connection: KeptConnection, prepared: Sequence[Prepared]
    ) -> list[Accepted | DifferentContent]:
        return await self._acceptance.write(await connection.get(), prepared)
