"""Submissions that arrive together are accepted in one transaction: one commit serves them all."""

import asyncio
import contextvars
from collections.abc import Sequence

from services.intake.acceptance import Acceptance
from services.intake.new_report import Accepted, DifferentContent, NewReport
from shared.database.engine import Database

MOST = 100
"""Reports in one transaction."""


class Gathering:
    """Accepts reports for requests of this process. While some are committed the next gather, so
    nobody waits for company, and the busier it is the less each one costs."""

    def __init__(self, database: Database, acceptance: Acceptance) -> None:
        self._database = database
        self._acceptance = acceptance
        self._waiting: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None

    async def accept(self, report: NewReport) -> Accepted:
        """As `Acceptance.accept`; it exists when this returns. What goes wrong with one report
        is raised for that one only."""
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append((report, answer))
        if self._working is None:
            # In a context of its own: the trace of whoever came first is not everybody's.
            work, context = self._work(), contextvars.Context()
            self._working = asyncio.get_running_loop().create_task(work, context=context)
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            await self._together(batch)
        self._working = None

    async def _together(self, batch: "Sequence[_Waiting]") -> None:
        # Everybody takes the keys in the same order, so that no two processes wait in a circle.
        batch = sorted(batch, key=_key)
        reports = [report for report, _ in batch]
        try:
            if len(batch) == 1:
                async with self._database.autocommit() as connection:
                    answers = await self._acceptance.accept_many(connection, reports)
            else:
                async with self._database.session() as session:
                    answers = await self._acceptance.accept_many(session, reports)
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            if len(batch) == 1:
                _tell(batch[0], error)
            else:
                for one in batch:
                    await self._together([one])
        else:
            for one, answer in zip(batch, answers, strict=True):
                _tell(one, answer)


_Waiting = tuple[NewReport, "asyncio.Future[Accepted]"]


def _key(waiting: _Waiting) -> tuple[str, str]:
    report, _ = waiting
    return report.scope, report.idempotency_key


def _tell(waiting: _Waiting, answer: Accepted | DifferentContent | Exception) -> None:
    _, future = waiting
    if future.done():
        return  # who asked has gone; the report stays
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
