"""Requests (*permintaan*) that are no longer pending: how they ended, and who decided."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.database.lifecycle import Report
from shared.database.report_lists import RequestRow
from shared.database.views import StaffEntry
from shared.http.problems import Problem, conflict


@dataclass(frozen=True)
class EndedRequest:
    """A request that is no longer pending.

    `decision` is accepted, rejected, withdrawn, passed_on or ended; `name` is the name of the
    person who decided. `status` and `version` are the report's.
    """

    decision: str
    decided_at: datetime
    name: str | None
    status: str
    version: int

    @property
    def problem(self) -> Problem:
        """The 409 for a person who tries to decide or withdraw it."""
        members = {
            "decision": self.decision,
            "decided_at": self.decided_at.isoformat(),
            "report_status": self.status,
            "version": self.version,
        }
        if self.decision not in _BY_SOMEBODY or self.name is None:
            return conflict("request_already_ended", members=members)
        return conflict(f"request_already_{self.decision}", members=members, by=self.name)


async def ended_request(
    session: AsyncSession, number: int, request_id: UUID
) -> EndedRequest | None:
    """The report's request with this id, if it has ended; else None."""
    ended = (
        select(
            col(RequestRow.decision),
            col(RequestRow.decided_at),
            col(StaffEntry.name),
            col(Report.status),
            col(Report.version),
        )
        .join(Report, col(Report.number) == col(RequestRow.number))
        .outerjoin(StaffEntry, col(StaffEntry.id) == col(RequestRow.decided_by))
        .where(col(RequestRow.id) == request_id, col(RequestRow.number) == number)
        .where(col(RequestRow.decision).is_not(None))
    )
    row = (await session.execute(ended)).one_or_none()
    return EndedRequest(**row._mapping) if row else None


_BY_SOMEBODY = frozenset({"accepted", "rejected", "withdrawn"})
