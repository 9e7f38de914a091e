"""The log of management: who changed what, and when; nothing in it changes."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.authority import Managing
from services.routing.management_models import ManagementEntry
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label


class LogLine(BaseModel):
    """`details` holds what was changed: for a change, each field's value before and after."""

    id: int
    at: datetime
    staff_id: int | None
    staff_name: str = Field(description="Or the operator's, as they named themselves")
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
    """What was changed at the own agency and those below, newest first."""
    last = decode_cursor(cursor, _Position)
    given = {
        "path": [staff.agency_id],
        "before": last.id if last else 2**63 - 1,
        "limit": limit + 1,
    }
    rows = (await session.execute(_PAGE, given)).mappings().all()
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


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Each field that differs, with its value before and after."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


_PAGE = text(
    "SELECT l.id, l.at, l.staff_id, coalesce(s.name, l.operator) AS staff_name, l.agency_id,"
    " a.name AS agency_name,"
    " l.kind, l.subject_id, l.action, l.details,"
    " CASE l.kind"
    " WHEN 'staff' THEN (SELECT name FROM routing.staff WHERE id = CAST(l.subject_id AS int))"
    " WHEN 'agency' THEN (SELECT name FROM routing.agency WHERE id = CAST(l.subject_id AS int))"
    " ELSE l.details->>'name' END AS subject"
    " FROM routing.management_log l LEFT JOIN routing.staff s ON s.id = l.staff_id"
    " JOIN routing.agency a ON a.id = l.agency_id"
    " WHERE a.path @> CAST(:path AS bigint[]) AND l.id < :before ORDER BY l.id DESC LIMIT :limit"
)
