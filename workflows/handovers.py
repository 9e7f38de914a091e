"""Hand-overs: all reports of a removed agency, of a unit or of an officer go to another."""

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import text

from shared.database.columns import now
from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import Zone
from shared.lifecycle.commands import Command, Succession
from shared.lifecycle.people import SYSTEM, Actor, ActorKind, Role
from shared.lifecycle.state import ReportState
from shared.resilience.periodic import by_itself, is_away
from shared.temporal.report_gateway import ReportGateway
from workflows.backoff import Backoff

BATCH: Final = 100
_IDS: Final = uuid.UUID("3b0e6f0a-94c5-4a0c-8f4e-5c8d0b3f2a77")


CHAINS_AGAIN: Final = 60.0
"""Seconds until corrected chains are checked again; each check reads all reports of a subtree."""


class RefusedError(Exception):
    """The report refuses the command, and will refuse it as long as it has this version."""


@dataclass
class HandingOver:
    """Sends a command for each report of the hand-overs that routing has saved, in batches.

    A report that cannot be handed over is left alone for a while. A hand-over has finished when
    only reports of this kind are left.
    """

    database: Database
    gateway: ReportGateway
    clock: Callable[[], float] = time.monotonic
    _looked_at: dict[uuid.UUID, float] = field(default_factory=dict)
    _alone: Backoff[tuple[uuid.UUID, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._alone = Backoff(clock=self.clock)

    async def once(self) -> None:
        """One round over all hand-overs, which take turns.

        A finished hand-over is checked for another hour, because commands that were under way may
        have named the agency once more.
        """
        async with self.database.autocommit() as connection:
            under_way = (await connection.execute(_UNDER_WAY)).mappings().all()
        left = [(dict(row), 0) for row in under_way if self._is_due(row["id"], row["again"])]
        self._looked_at = {
            row["id"]: self._looked_at[row["id"]]
            for row in under_way
            if row["id"] in self._looked_at
        }
        while left:
            further = [(handover, await self._batch(handover, after)) for handover, after in left]
            left = [(handover, after) for handover, after in further if after is not None]

    def _is_due(self, handover: uuid.UUID, again: bool) -> bool:
        """Whether to look at a hand-over now. Corrected chains (`again`) are not checked in every
        round."""
        if not again:
            return True
        due = self.clock() - self._looked_at.get(handover, -CHAINS_AGAIN) >= CHAINS_AGAIN
        if due:
            self._looked_at[handover] = self.clock()
        return due

    async def _batch(self, handover: dict[str, Any], after: int) -> int | None:
        """Hand over the next reports by number; return the last number, or None at the end."""
        where = {
            "agency": handover["agency_id"],
            "from": handover["from_id"],
            "to": handover["to_id"],
            "alone": [number for of, number in self._alone.now() if of == handover["id"]],
            "after": after,
            "limit": BATCH,
        }
        async with self.database.autocommit() as connection:
            rows = (await connection.execute(_REPORTS[handover["kind"]], where)).all()
        outcomes = await asyncio.gather(
            *(by_itself("handing over", row.number, self._try(handover, row)) for row in rows)
        )
        finished = after == 0 and not rows
        async with self.database.session() as session:
            progress = {"id": handover["id"], "handed": outcomes.count(True), "finished": finished}
            await session.execute(_PROGRESS, progress)
        return int(rows[-1].number) if len(rows) == BATCH else None

    async def _try(self, handover: dict[str, Any], row: Any) -> bool:
        """Hand over one report; whether that worked. One that fails while all servers are there is
        left alone."""
        key = (handover["id"], row.number)
        try:
            done = await self._hand_over(handover, row.state, row.path)
        except Exception as error:
            if not is_away(error):
                self._alone.add(key)
            raise
        self._alone.forget(key)
        return done

    async def _hand_over(
        self, handover: dict[str, Any], stored: object, path: Sequence[int]
    ) -> bool:
        """Send the command. The same report at the same version always gets the same command."""
        state = ReportState.model_validate(stored)
        command = handover_command(handover, state, tuple(path))
        async with self.database.session() as session:
            connection = await raw(session)
            body = Jsonb(command.model_dump(mode="json"))
            values = (command.id, command.number, command.action, command.at, body)
            inserted = await connection.execute(_INSERT, values)
            if inserted.rowcount == 0:  # in an earlier round: then it waits to be sent again
                known = await (await connection.execute(_DONE, (command.id,))).fetchone()
                if known is not None and known[0] is False:
                    raise RefusedError
                return False
        outcome = await self.gateway.send(command, state)
        return outcome is not None and outcome.done


def handover_command(
    handover: dict[str, Any], state: ReportState, path: tuple[int, ...]
) -> Command:
    """The command for a report in this state, in the name of the person who asked for the
    hand-over.

    `path` is the path of the handler afterwards, root first.
    """
    actor = SYSTEM
    if handover["staff_id"] is not None:
        actor = Actor(
            kind=ActorKind.STAFF,
            staff_id=handover["staff_id"],
            role=Role(handover["role"]),
            agency_id=handover["staff_agency_id"],
        )
    if handover["kind"] == "assignments":
        action, capacity = Action.COORDINATE, Capacity.HANDLER_STAFF
        details: dict[str, Any] = {"assignee_id": handover["to_id"]}
    else:
        # Not a capacity at the report: authority over both agencies was checked at the request.
        action, capacity = Action.SUCCEED, Capacity.SYSTEM
        succession = Succession(
            agency_id=handover["from_id"],
            successor_id=handover["to_id"],
            zone=Zone(handover["zone"]),
            handler_path=path,
        )
        details = {"succession": succession}
    return Command(
        id=uuid.uuid5(_IDS, f"{handover['id']}.{state.number}.{state.version}"),
        number=state.number,
        action=action,
        actor=actor,
        capacities=frozenset({capacity}),
        at=now(),
        handler_seen=state.handler_id,
        stored_version=state.version,
        identity=state.identity,
        **details,
    )


_UNDER_WAY = text(
    "SELECT h.*, h.kind = 'chains' AND p.finished_at IS NOT NULL AS again"
    " FROM routing.published_handover h"
    " LEFT JOIN lifecycle.handover_progress p ON p.id = h.id"
    " WHERE p.finished_at IS NULL OR h.staff_id IS NOT NULL"
    "  AND p.finished_at > clock_timestamp() - interval '1 hour'"
    " ORDER BY h.asked_at"
)
_REPORT = (
    "SELECT r.number, r.state, d.path FROM lifecycle.report r JOIN routing.agency_directory d"
    " ON d.id = CASE WHEN r.handler_id = :from THEN :to ELSE r.handler_id END WHERE"
)
_PAGE = (
    " AND r.number > :after AND r.number <> ALL (CAST(:alone AS bigint[]))"
    " ORDER BY r.number LIMIT :limit"
)
_OPEN = (
    "r.tab IN ('unverified', 'deferred', 'awaiting_follow_up', 'in_process')"
    " AND r.handler_id = :agency"
)
_REPORTS = {
    # The agency is handler, in the chain, in copy, awaited, or named in a pending request.
    "agency": text(
        f"{_REPORT} r.number IN ("  # noqa: S608
        " SELECT number FROM lifecycle.report WHERE chain @> ARRAY[CAST(:from AS bigint)]"
        " UNION SELECT number FROM lifecycle.copy WHERE agency_id = :from"
        " UNION SELECT number FROM lifecycle.report WHERE awaited_agency_id = :from"
        " UNION SELECT number FROM lifecycle.request WHERE decision IS NULL"
        "  AND :from IN (decider_id, agency_id, suggested_agency_id))" + _PAGE
    ),
    "reports": text(f"{_REPORT} {_OPEN}" + _PAGE),
    "assignments": text(
        "SELECT r.number, r.state, d.path FROM lifecycle.report r"  # noqa: S608
        " JOIN routing.agency_directory d ON d.id = r.handler_id"
        f" WHERE {_OPEN} AND r.assignee_id = :from" + _PAGE
    ),
    # A correct chain contains only agencies of the handler's path, in the path's order.
    "chains": text(
        f"{_REPORT} r.handler_id IN"  # noqa: S608
        "  (SELECT id FROM routing.agency_directory WHERE path @> ARRAY[CAST(:from AS bigint)])"
        " AND r.chain <> ARRAY(SELECT p.id FROM unnest(d.path) WITH ORDINALITY p (id, level)"
        "  WHERE p.id = ANY (r.chain) ORDER BY p.level)" + _PAGE
    ),
}
_INSERT = """
INSERT INTO lifecycle.command (id, number, action, at, body) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
_DONE = "SELECT done FROM lifecycle.command WHERE id = %s"
_PROGRESS = text(
    "INSERT INTO lifecycle.handover_progress AS p (id, handed, finished_at)"
    " VALUES (:id, :handed, CASE WHEN :finished THEN clock_timestamp() END)"
    " ON CONFLICT (id) DO UPDATE SET handed = p.handed + excluded.handed,"
    " finished_at = coalesce(p.finished_at, excluded.finished_at)"
)
