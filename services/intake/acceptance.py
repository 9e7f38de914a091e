"""Acceptance: the one way from any channel to a report that is safe on disk."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self, cast

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.acceptance_statements import FIRST, INSERT, PREPARE
from services.intake.access_code import new_access_code
from services.intake.new_report import Accepted, DifferentContent, NewReport
from services.intake.report_rows import Sealing, first_state, rows_of
from shared.database.engine import raw
from shared.database.process_time import Connection, ProcessTime
from shared.http.problems import unavailable
from shared.identity import IdentityCipher
from shared.lifecycle.statuses import Status
from shared.settings import Settings


class Acceptance:
    """Accepts reports into one database. Needs Postgres, and nothing else, to be up."""

    def __init__(self, sealing: Sealing, public_base_url: str) -> None:
        self._sealing = sealing
        self._public = public_base_url
        self._times = ProcessTime()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """With the keys of this process and its address for links."""
        cipher = IdentityCipher(settings.identity_keys)
        return cls(Sealing(cipher, settings.blind_index_key), settings.public_base_url)

    async def accept(self, session: Connection, report: NewReport) -> Accepted:
        """Write the report in the session's transaction; it exists once that commits. On an
        autocommit connection it exists when this returns: one statement writes it all.

        The same scope and key again gets the first answer. Raises `DifferentContent` where the
        key was used for something else, and the 503 problem while there is no root agency.
        """
        [answer] = await self.accept_many(session, [report])
        if isinstance(answer, DifferentContent):
            raise answer
        return answer

    async def accept_many(
        self, session: Connection, reports: Sequence[NewReport]
    ) -> list[Accepted | DifferentContent]:
        """Several at once, as `accept`, in as many round trips as one; the answers in order."""
        connection = await _psycopg(session)
        prepared = await _each(connection, PREPARE, [_wanted(report) for report in reports])
        at = datetime.now(UTC)
        inserts: list[dict[str, Any]] = []
        answers: list[Accepted | DifferentContent] = []
        for report, found in zip(reports, prepared, strict=True):
            if found is None:
                raise unavailable()
            await self._times.at_mark(session, found["mark"])
            policy = self._times.policy(found["path"], at)
            state = first_state(report, found, at, self._times.calendar, policy)
            code = new_access_code()
            inserts.append(rows_of(report, state, code, self._sealing))
            answers.append(self._answer(state.number, code, state.status, at, state.due_at))
        written = await _each(connection, INSERT, inserts)
        for index, (report, row) in enumerate(zip(reports, written, strict=True)):
            if row is None:
                answers[index] = await self._first_answer(connection, report)
        return answers

    async def _first_answer(
        self, connection: psycopg.AsyncConnection[Any], report: NewReport
    ) -> Accepted | DifferentContent:
        key = {"scope": report.scope, "idempotency_key": report.idempotency_key}
        [first] = await _each(connection, FIRST, [key])
        assert first is not None, "who holds the key is committed, and submissions stay"
        if first["fingerprint"] != self._sealing.fingerprint(report):
            return DifferentContent(first["number"])
        return self._answer(
            first["number"],
            self._sealing.cipher.decrypt(first["access_code"]),
            Status(first["status"]),
            first["submitted_at"],
            first["due_at"],
            replayed=True,
        )

    def _answer(
        self,
        number: int,
        code: str,
        status: Status,
        submitted_at: datetime,
        due_at: datetime | None,
        replayed: bool = False,
    ) -> Accepted:
        link = f"{self._public}/laporan/{number}"
        return Accepted(number, code, link, status, submitted_at, due_at, replayed)


def _wanted(report: NewReport) -> dict[str, Any]:
    return {"agency_id": report.addressee_id or report.fallback_agency_id}


async def _psycopg(session: Connection) -> psycopg.AsyncConnection[Any]:
    if isinstance(session, AsyncSession):
        return await raw(session)
    fairy = await session.get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", fairy.driver_connection)


async def _each(
    connection: psycopg.AsyncConnection[Any], statement: str, parameters: Sequence[dict[str, Any]]
) -> list[dict[str, Any] | None]:
    """The first row of the statement for each set of parameters, in one round trip."""
    if len(parameters) == 1:  # a pipeline costs more than it saves
        cursor = connection.cursor(row_factory=dict_row)
        return [await (await cursor.execute(statement, parameters[0])).fetchone()]
    async with connection.pipeline():
        cursors = []
        for given in parameters:
            cursor = connection.cursor(row_factory=dict_row)
            cursors.append(await cursor.execute(statement, given))
        return [await cursor.fetchone() for cursor in cursors]
