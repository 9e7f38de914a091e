"""Carries out bulk commands: one report after another, by any process that is free.

Each process does one at a time, so that a bulk command holds one connection and one call to
Temporal and leaves the others to single commands. Items are taken in the order of their places, so
that a small bulk command need not wait for a large one. An item is leased: if its process dies,
another takes it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bulk_commands.asking import BulkKind, reason_of
from shared.command_requests.execute import execute
from shared.database.engine import Database
from shared.database.views import StaffEntry
from shared.http.problems import Problem, forbidden
from shared.http.tokens import Staff
from shared.resilience.periodic import is_away, repeating
from shared.resilience.set_aside import count_set_aside
from shared.temporal.report_gateway import ReportGateway

LOOK_EVERY = 1.0
"""Seconds between looks for waiting items."""
FORGET_EVERY = 3600.0
LEASE = 60
REST = 5
"""Seconds until a command without an outcome is tried again, multiplied by its attempts."""
ATTEMPTS = 5
"""The most attempts of a command that fails for no reason of its own."""
KEPT = timedelta(days=7)

log = logging.getLogger(__name__)


@asynccontextmanager
async def carrying_out(
    database: Database, gateway: ReportGateway, service: str, kinds: Iterable[BulkKind]
) -> AsyncIterator[None]:
    """Carry out the bulk commands of a service until the block ends."""
    runner = BulkRunner(database, gateway, service, kinds)
    async with (
        repeating("bulk commands", LOOK_EVERY, runner.work),
        repeating("forgetting bulk commands", FORGET_EVERY, runner.forget),
    ):
        yield


class BulkRunner:
    """Carries out the bulk commands of one service. Authority is checked for each report at that
    time."""

    def __init__(
        self, database: Database, gateway: ReportGateway, service: str, kinds: Iterable[BulkKind]
    ) -> None:
        self._database, self._gateway, self._service = database, gateway, service
        self._kinds = {kind.name: kind for kind in kinds}

    async def work(self) -> None:
        """Work until no item is left that may be tried now."""
        while await self.one():
            pass

    async def one(self) -> bool:
        """Carry out the next item; False if none waits."""
        async with self._database.session() as session:
            item = (await session.execute(_LEASE_ONE, self._lease())).mappings().one_or_none()
        if item is None:
            return False
        try:
            state, reason = await self._outcome_of(item)
        except asyncio.CancelledError:
            await self._settle(item, "waiting", None)
            raise
        await self._settle(item, state, reason)
        return True

    async def forget(self) -> None:
        """Delete old bulk commands with their words, once none of their commands waits."""
        async with self._database.session() as session:
            await session.execute(_FORGET, {"service": self._service, "kept": KEPT})

    async def _outcome_of(self, item: RowMapping) -> tuple[str, str | None]:
        """The outcome of one item, and the reason."""
        try:
            kind = self._kinds[item["kind"]]
            form = kind.handler.form.model_validate(item["form"])
            async with self._database.session() as session:
                staff = await _current_staff(session, item["staff_id"])
            request = kind.request(staff, item["bulk_id"], item["number"], form, item["version"])
            outcome = await execute(self._database, self._gateway, request)
            return ("waiting" if outcome is None else "done"), None
        except Problem as problem:
            if problem.status >= 500:
                return "waiting", None
            return "refused", reason_of(problem)
        except Exception as error:  # noqa: BLE001  its neighbours go on
            if is_away(error) or item["attempts"] < ATTEMPTS:
                log.warning("a bulk command waits: %s", type(error).__name__)
                return "waiting", None
            count_set_aside("bulk commands", type(error).__name__, item["number"])
            return "failed", "internal"

    async def _settle(self, item: RowMapping, state: str, reason: str | None) -> None:
        async with self._database.session() as session:
            await session.execute(
                _SETTLE,
                {
                    "bulk_id": item["bulk_id"],
                    "number": item["number"],
                    "state": state,
                    "reason": reason,
                    "rest": timedelta(seconds=REST * item["attempts"]),
                },
            )

    def _lease(self) -> dict[str, Any]:
        return {"service": self._service, "lease": timedelta(seconds=LEASE)}


async def _current_staff(session: AsyncSession, staff_id: int) -> Staff:
    """The person who asked, as the directory has them now. 403 if they are not staff any more."""
    entry = await session.get(StaffEntry, staff_id)
    if entry is None or not entry.active:
        raise forbidden("not_authorised")
    return Staff.model_validate(entry.model_dump())


# Written by hand: one exchange, and no other process waits for the row.
_LEASE_ONE = text("""
UPDATE lifecycle.bulk_item i SET leased_until = now() + :lease, attempts = i.attempts + 1
FROM lifecycle.bulk_command c
WHERE c.id = i.bulk_id AND (i.bulk_id, i.number) = (
    SELECT n.bulk_id, n.number FROM lifecycle.bulk_item n
    JOIN lifecycle.bulk_command b ON b.id = n.bulk_id
    WHERE n.state = 'waiting' AND b.service = :service
        AND (n.leased_until IS NULL OR n.leased_until < now())
    ORDER BY n.position, b.asked_at LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
RETURNING i.bulk_id, i.number, i.version, i.attempts, c.kind, c.form, c.staff_id
""")
_SETTLE = text("""
UPDATE lifecycle.bulk_item
SET state = :state, reason = :reason, leased_until = now() + :rest
WHERE bulk_id = :bulk_id AND number = :number AND state = 'waiting'
""")
_FORGET = text("""
DELETE FROM lifecycle.bulk_command c WHERE service = :service AND asked_at < now() - :kept
    AND NOT EXISTS (
        SELECT FROM lifecycle.bulk_item i WHERE i.bulk_id = c.id AND i.state = 'waiting')
""")
