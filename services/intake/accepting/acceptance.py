"""Acceptance: reports from every channel are stored by this one code path."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

import orjson
import psycopg
from psycopg.rows import dict_row

from services.intake.accepting.access_code import new_access_code
from services.intake.accepting.new_report import Accepted, DifferentContent, NewReport
from services.intake.accepting.preparing import Arrival, Prepared, prepare
from services.intake.accepting.rows import Rows, Sealing, first_state, rows_of
from services.intake.accepting.statements import FIRST, insert_all
from shared.clock import now
from shared.database.engine import raw
from shared.database.policy_in_force import Connection, ProcessTime
from shared.http.limits import RateLimits
from shared.http.problems import Problem
from shared.lifecycle.statuses import Status
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings


class Acceptance:
    """Accepts reports into one database. Needs only Postgres to be running."""

    def __init__(self, sealing: Sealing, public_base_url: str) -> None:
        self._sealing = sealing
        self._public = public_base_url
        self._times = ProcessTime()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Create it with the keys and the public address of these settings."""
        cipher = IdentityCipher(settings.identity_keys)
        return cls(Sealing(cipher, settings.blind_index_key), settings.public_base_url)

    async def accept(self, session: Connection, report: NewReport) -> Accepted:
        """Write the report in the session's transaction; it exists once that is committed. On an
        autocommit connection it exists when this returns, as one statement writes everything.

        The same scope and key again gets the first answer. Raises `DifferentContent` if the key was
        used for another report, and the 503 problem while there is no root agency.
        """
        [answer] = await self.accept_many(session, [report])
        if isinstance(answer, DifferentContent):
            raise answer
        return answer

    async def accept_many(
        self, session: Connection, reports: Sequence[NewReport]
    ) -> list[Accepted | DifferentContent]:
        """Accept several reports, as `accept`; returns the answers in order. It needs as many round
        trips as for one. Pass the reports in the order of their keys, so that transactions do not
        deadlock."""
        if not reports:
            return []
        prepared = await self.prepare(session, [Arrival(report) for report in reports])
        return await self.write(
            session, [result for result in prepared if isinstance(result, Prepared)]
        )

    async def prepare(
        self, session: Connection, arrivals: Sequence[Arrival], limits: RateLimits | None = None
    ) -> list[Prepared | Problem]:
        """Run the first of the two statements; see `preparing`."""
        prepared = await prepare(await raw(session), arrivals, limits)
        mark = next(
            (result.found["mark"] for result in prepared if isinstance(result, Prepared)), None
        )
        if mark is not None:
            await self._times.at_mark(session, mark)
        return prepared

    async def write(
        self, session: Connection, prepared: Sequence[Prepared]
    ) -> list[Accepted | DifferentContent]:
        """Run the second statement for prepared reports, in the order of their keys. It must use
        the same connection as the first."""
        connection = await raw(session)
        at = now()
        new: Rows = {}
        answers: dict[int, Accepted | DifferentContent] = {}
        for index, result in enumerate(prepared):
            if result.found["number"] is None:
                continue
            policy = self._times.policy(result.found["path"], at)
            state = first_state(result.report, result.found, at, self._times.calendar, policy)
            code = new_access_code()
            for table, rows in rows_of(result.report, state, code, self._sealing).items():
                new.setdefault(table, []).extend(rows)
            answers[index] = self._answer(state.number, code, state.status, at, state.due_at)
        written = await _insert(connection, new) if new else set()
        for index, result in enumerate(prepared):
            if index not in answers or answers[index].number not in written:
                answers[index] = await self._first_answer(session, result.report)
        return [answers[index] for index in range(len(prepared))]

    async def _first_answer(
        self, session: Connection, report: NewReport
    ) -> Accepted | DifferentContent:
        key = {"scope": report.scope, "idempotency_key": report.idempotency_key}
        found = await _rows(await raw(session), FIRST, key)  # committed, and submissions stay
        if not found:  # a duplicate in this batch was refused
            return (await self.accept_many(session, [report]))[0]
        [first] = found
        if first["fingerprint"] != self._sealing.fingerprint(report):
            return DifferentContent(first["number"])
        return self._answer(
            first["number"],
            self._sealing.cipher.decrypt(code) if (code := first["access_code"]) else None,
            Status(first["status"]),
            first["submitted_at"],
            first["due_at"],
            replayed=True,
        )

    def _answer(
        self,
        number: int,
        code: str | None,
        status: Status,
        submitted_at: datetime,
        due_at: datetime | None,
        replayed: bool = False,
    ) -> Accepted:
        link = f"{self._public}/laporan/{number}"
        return Accepted(number, code, link, status, submitted_at, due_at, replayed)


async def _insert(connection: psycopg.AsyncConnection[Any], new: Rows) -> set[int]:
    """Insert the rows; returns the numbers of reports whose submission is new."""
    rows_by_table = {table: rows for table, rows in new.items() if rows}
    statement = insert_all(tuple((table, tuple(rows[0])) for table, rows in rows_by_table.items()))
    parameters = {
        str(t.__tablename__): orjson.dumps(rows).decode() for t, rows in rows_by_table.items()
    }
    return {row["number"] for row in await _rows(connection, statement, parameters)}


async def _rows(
    connection: psycopg.AsyncConnection[Any], statement: str, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    return await (await cursor.execute(statement, parameters)).fetchall()
