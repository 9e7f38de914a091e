"""The requests (*permintaan*) of a report, and what this person may do with the pending ones."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.reading.arrival import is_to_the_hour
from services.routing.reading.history_rows import Rows, rows_of
from services.routing.reading.names import ShownAgency
from services.routing.reading.people import Names, ShownStaff
from shared.command_requests.report_access import ReportAccess
from shared.database.lifecycle import HistoryEntry
from shared.database.report_lists import RequestRow
from shared.labels import label
from shared.lifecycle.actions import Action, RequestKind, performed_by
from shared.lifecycle.calendar import Zone, day_of_deadline, ends_a_day
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import Reader, readers_of


class ShownRequest(BaseModel):
    """`decision` is accepted, rejected, withdrawn, passed_on or ended; null while pending."""

    id: UUID
    kind: RequestKind
    label: str
    asked_at: datetime
    asked_by: ShownStaff | None
    asking: ShownAgency | None = Field(description="null if the reporter asks")
    reason_label: str | None = Field(description="For an objection: the chosen reason")
    deciding: ShownAgency | None
    suggested: ShownAgency | None = Field(description="Saran Instansi")
    due_at: datetime | None
    due_on: date | None = Field(
        description="The day on which it is due, in the time zone of its clock"
    )
    at_day_end: bool = Field(description="It is due at the end of that day")
    to_the_hour: bool = Field(
        description="`asked_at` and `due_at` are cut to the hour, because they would show "
        "when an anonymous reporter was active"
    )
    overdue: bool
    decision: str | None
    decided_at: datetime | None
    decided_by: ShownStaff | None
    reason: str | None
    note_is_read: bool = Field(
        description="A note is required to accept it, and the reporter reads the note"
    )
    decidable: bool = Field(description="This person may accept or reject it")
    acceptable: bool = Field(description="This person may accept it, though perhaps not reject it")
    withdrawable: bool = Field(description="This person made it and may withdraw it")


async def request_rows(session: AsyncSession, number: int) -> Rows:
    requests = _requests().where(col(RequestRow.number) == number)
    return await rows_of(session, requests)


async def pending_requests(session: AsyncSession, ids: Collection[UUID]) -> Rows:
    """Those of these requests that still wait for a decision."""
    pending = select(*(col(column) for column in _COLUMNS), col(RequestRow.number))
    waiting = col(RequestRow.id).in_(ids), col(RequestRow.decision).is_(None)
    return await rows_of(session, pending.where(*waiting))


def requests_of(
    rows: Rows, written: Rows, names: Names, access: ReportAccess
) -> list[ShownRequest]:
    """All requests, as `requests_shown` prepares them for this person, newest first."""
    words = {row["id"]: row["words"] for row in written}
    shown = []
    for row in rows:
        pending = access.state.request(row["id"])
        clock = access.state.clock(ClockKind.REQUEST, str(row["id"]))
        by_reporter = row["kind"] == RequestKind.OBJECTION
        zone = clock.zone if clock else Zone.WIB
        due_at = clock.deadline if clock else row["due_at"]
        shown.append(
            ShownRequest(
                id=row["id"],
                kind=row["kind"],
                label=label("request", row["kind"]),
                asked_at=row["asked_at"],
                asked_by=None if by_reporter else names.person(row["staff_id"]),
                asking=None if by_reporter else names.agency(row["agency_id"]),
                reason_label=label("objection_reason", row["reason_code"])
                if row["reason_code"]
                else None,
                deciding=names.agency(row["decider_id"]),
                suggested=names.agency(row["suggested_agency_id"]),
                due_at=row["due_at"],
                due_on=day_of_deadline(due_at, zone) if due_at else None,
                at_day_end=due_at is not None and ends_a_day(due_at, zone),
                to_the_hour=is_to_the_hour(row),
                overdue=row["overdue"],
                decision=row["decision"],
                decided_at=row["decided_at"],
                decided_by=names.person(row["decided_by"]),
                reason=words.get(row["id"]),
                note_is_read=_note_is_read(RequestKind(row["kind"]), access.state.status),
                decidable=pending is not None and access.decides(pending),
                acceptable=pending is not None
                and (access.decides(pending) or access.grants(pending)),
                withdrawable=pending is not None and pending.asked_by(access.actor.staff_id),
            )
        )
    return shown


def _note_is_read(kind: RequestKind, status: Status) -> bool:
    performed = performed_by(kind, status)
    return performed is not None and Reader.REPORTER in readers_of(performed, {"request": kind})


def _requests() -> Select[*tuple[Any, ...]]:
    """Requests, the most recently asked or decided first."""
    step = and_(
        col(HistoryEntry.number) == col(RequestRow.number),
        col(HistoryEntry.ref) == col(RequestRow.id),
        col(HistoryEntry.action) != Action.END_REQUEST,
    )
    newest = col(RequestRow.asked_at).desc(), col(RequestRow.id)
    return (
        select(*(col(column) for column in _COLUMNS))
        .outerjoin(HistoryEntry, step)
        .order_by(col(HistoryEntry.entry).desc().nulls_last(), *newest)
    )


_COLUMNS = (
    *(RequestRow.id, RequestRow.kind, RequestRow.asked_at, RequestRow.staff_id),
    *(RequestRow.agency_id, RequestRow.decider_id, RequestRow.suggested_agency_id),
    *(RequestRow.due_at, RequestRow.overdue, RequestRow.decision, RequestRow.decided_at),
    *(RequestRow.decided_by, RequestRow.reason_code),
)
