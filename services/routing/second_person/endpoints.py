"""What waits for me to decide, what I asked, and deciding."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.authority import Managing
from services.routing.second_person.deciding import decide, second_persons
from services.routing.second_person.models import Kind
from services.routing.second_person.requests import WAITING, WAITS
from shared.http.documentation import problem_responses
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label
from shared.words import Form, NoteText


class RequestToConfirm(BaseModel):
    """`number` is the report, `person` the member of staff it is about."""

    id: UUID
    kind: Kind
    label: str
    number: int | None
    person: str | None
    asked_by: str
    asked_at: datetime
    reason: str | None
    emergency: bool
    mine: bool
    decidable: bool
    nobody_else: bool = Field(description="Nobody may decide it: the operator has to")
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    ends_at: datetime | None


class Requests(BaseModel):
    items: list[RequestToConfirm]


class Decision(Form):
    reason: NoteText | None = None


router = APIRouter(
    prefix="/second-person/requests",
    tags=["second person"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


@router.get("")
async def list_requests(staff: Managing, session: Transaction) -> Requests:
    """What this person may decide, and what they asked in the last thirty days; the newest
    first, emergencies before all."""
    rows = (await session.execute(_LIST, {"id": staff.id, "waiting": WAITING})).mappings().all()
    items = [await shown(session, staff, dict(row)) for row in rows]
    return Requests(items=[one for one in items if one.mine or one.decidable])


@router.post("/{request_id}/grant")
async def grant(
    request_id: UUID, staff: Managing, session: Transaction, form: Decision | None = None
) -> RequestToConfirm:
    """Grant what another has asked, or confirm what they did in an emergency. Logged."""
    return await _decided(session, staff, request_id, form, granted=True)


@router.post("/{request_id}/refuse")
async def refuse(
    request_id: UUID, staff: Managing, session: Transaction, form: Decision | None = None
) -> RequestToConfirm:
    """Refuse; what was in force because of an emergency ends at once. Logged."""
    return await _decided(session, staff, request_id, form, granted=False)


async def request_shown(session: AsyncSession, staff: Staff, request_id: UUID) -> RequestToConfirm:
    """One request as this person reads it."""
    row = (await session.execute(_ONE, {"request_id": request_id})).mappings().one()
    return await shown(session, staff, dict(row))


async def shown(session: AsyncSession, staff: Staff, row: dict[str, Any]) -> RequestToConfirm:
    """A row of `_COLUMNS` as this person reads it."""
    kind, asker_id, waits = Kind(row["kind"]), row.pop("asker_id"), row["decision"] is None
    able: frozenset[int] = frozenset()
    if waits:
        able = await second_persons(session, kind, asker_id, row["subject_id"])
    return RequestToConfirm.model_validate(
        {
            **row,
            "label": label("second_person", kind),
            "number": row["subject_id"] if kind is Kind.REVEAL else None,
            "mine": asker_id == staff.id,
            "decidable": staff.id in able,
            "nobody_else": waits and not able,
        }
    )


async def _decided(
    session: AsyncSession, staff: Staff, request_id: UUID, form: Decision | None, *, granted: bool
) -> RequestToConfirm:
    words = form.reason if form else None
    await decide(session, staff, request_id, granted=granted, words=words)
    return await request_shown(session, staff, request_id)


_COLUMNS = (
    "SELECT q.id, q.kind, q.subject_id, q.asked_by AS asker_id, a.name AS asked_by, q.asked_at,"
    " q.reason, q.emergency, q.decision, q.decided_at, q.ends_at,"
    " coalesce(d.name, q.operator) AS decided_by,"
    " CASE WHEN q.kind <> 'reveal' THEN"
    "  (SELECT name || ' (' || username || ')' FROM routing.staff WHERE id = q.subject_id) END"
    "  AS person"
    " FROM routing.second_person_request q JOIN routing.staff a ON a.id = q.asked_by"
    " LEFT JOIN routing.staff d ON d.id = q.decided_by"
)
_LIST = text(
    f"{_COLUMNS} WHERE q.id IN (SELECT id"  # noqa: S608
    f" FROM routing.second_person_request WHERE {WAITS})"
    " OR (q.asked_by = :id AND q.asked_at > now() - interval '30 days')"
    " ORDER BY q.emergency AND q.decision IS NULL DESC, q.asked_at DESC LIMIT 200"
)
_ONE = text(f"{_COLUMNS} WHERE q.id = :request_id")
