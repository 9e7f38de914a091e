"""The log of management: who changed what, and when. Its entries never change."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Integer, Select, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.routing.management_models import ManagementEntry
from services.routing.management_rights import Managing
from services.routing.models import Agency, StaffMember
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label


class LogLine(BaseModel):
    """`details` holds what was changed: for a change, the value of each field before and after."""

    id: int
    at: datetime
    staff_id: int | None
    staff_name: str = Field(description="The person's name, or the name that the operator gave")
    agency_id: int
    agency_name: str
    kind: str
    subject_id: str
    subject: str | None
    action: str
    action_label: str
    details: dict[str, Any]


class _Position(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: int


router = APIRouter(
    prefix="/management", tags=["management"], responses=problem_responses(401, 403, 422)
)


@router.get("/log")
async def read_log(
    staff: Managing, session: Transaction, limit: PageSize = 25, cursor: Cursor = None
) -> Page[LogLine]:
    """Changes at the own agency and those below, newest first."""
    last = decode_cursor(cursor, _Position)
    entries = _entries(staff.agency_id).limit(limit + 1)
    if last is not None:
        entries = entries.where(col(ManagementEntry.id) < last.id)
    rows = (await session.execute(entries)).mappings().all()
    items = [
        LogLine.model_validate(
            {**row, "action_label": label("management_action", f"{row['kind']}.{row['action']}")}
        )
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(items=items, next=encode_cursor(_Position(id=items[-1].id)) if more else None)


def record(
    session: AsyncSession,
    staff: Staff,
    agency_id: int,
    kind: str,
    subject_id: object,
    action: str,
    /,
    **details: Any,
) -> None:
    """Log a change, in the transaction that makes it."""
    session.add(
        ManagementEntry(
            staff_id=staff.id,
            agency_id=agency_id,
            kind=kind,
            subject_id=str(subject_id),
            action=action,
            details=details,
        )
    )


def record_change(
    session: AsyncSession,
    staff: Staff,
    kind: str,
    subject_id: object,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    agency_id: int | None = None,
) -> bool:
    """Log the differences between `before` and `after`; return False if there are none. They are
    the fields of something that the agency keeps (pusat, if none is given), including its
    `name`."""
    differences = changed(before, after)
    if differences:
        changes = {f"{field}_changed": values for field, values in differences.items()}
        named = {"name": after["name"]}
        where = agency_id or staff.agency_id
        record(session, staff, where, kind, subject_id, "change", **named, **changes)
    return bool(differences)


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Each field that differs, with its value before and after."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _entries(agency_id: int) -> Select[*tuple[Any, ...]]:
    """The entries of the agency and all below it, with the present names of what was changed."""
    entry, person, unit = ManagementEntry, aliased(StaffMember), aliased(Agency)
    kind, subject_id = col(entry.kind), col(entry.subject_id)
    person_name = select(col(person.name)).where(col(person.id) == cast(subject_id, Integer))
    unit_name = select(col(unit.name)).where(col(unit.id) == cast(subject_id, Integer))
    subject = case(
        (kind == "staff", person_name.scalar_subquery()),
        (kind == "agency", unit_name.scalar_subquery()),
        else_=col(entry.details)["name"].as_string(),
    )
    return (
        select(
            col(entry.id),
            col(entry.at),
            col(entry.staff_id),
            func.coalesce(col(StaffMember.name), col(entry.operator)).label("staff_name"),
            col(entry.agency_id),
            col(Agency.name).label("agency_name"),
            kind,
            subject_id,
            subject.label("subject"),
            col(entry.action),
            col(entry.details),
        )
        .outerjoin(StaffMember, col(StaffMember.id) == col(entry.staff_id))
        .join(Agency, col(Agency.id) == col(entry.agency_id))
        .where(col(Agency.path).contains([agency_id]))
        .order_by(col(entry.id).desc())
    )
