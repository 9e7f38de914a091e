"""The requests that wait for one's decision, one's own requests, and deciding."""

from datetime import date, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.management_rights import Managing
from services.routing.models import StaffMember
from services.routing.second_person.deciding import decide, second_persons
from services.routing.second_person.models import Kind, SecondPersonRequest
from services.routing.second_person.requests import waits
from shared.clock import now
from shared.http.documentation import problem_responses
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label
from shared.values.words import Form, NoteText


class RequestToConfirm(BaseModel):
    """`number` is the report, or `person` the member of staff, that the request is about."""

    id: UUID
    kind: Kind
    label: str
    number: int | None
    person: str | None
    asked_by: str
    asked_at: datetime
    reason: str | None
    reason_class_label: str | None = Field(description="What the reporter learns of the reason")
    tell_on: date | None = Field(description="The reporter is not notified before this day")
    emergency: bool
    mine: bool
    decidable: bool
    nobody_else: bool = Field(description="No person may decide it; the operator has to")
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
    """Requests that this person may decide, and those they made in the last thirty days;
    emergencies first, then the newest."""
    lately = (
        col(SecondPersonRequest.asked_at) > now() - timedelta(days=30),
        col(SecondPersonRequest.asked_by) == staff.id,
    )
    emergencies = col(SecondPersonRequest.emergency) & col(SecondPersonRequest.decision).is_(None)
    rows = await session.scalars(
        select(SecondPersonRequest)
        .where(waits() | and_(*lately))
        .order_by(emergencies.desc(), col(SecondPersonRequest.asked_at).desc())
        .limit(200)
    )
    items = [await shown(session, staff, request) for request in rows]
    return Requests(items=[item for item in items if item.mine or item.decidable])


@router.post("/{request_id}/grant")
async def grant(
    request_id: UUID, staff: Managing, session: Transaction, form: Decision | None = None
) -> RequestToConfirm:
    """Grant another person's request, or confirm what they did in an emergency. This is logged."""
    return await _decided(session, staff, request_id, form, granted=True)


@router.post("/{request_id}/refuse")
async def refuse(
    request_id: UUID, staff: Managing, session: Transaction, form: Decision | None = None
) -> RequestToConfirm:
    """Refuse a request. What an emergency put in force ends at once. This is logged."""
    return await _decided(session, staff, request_id, form, granted=False)


async def request_shown(session: AsyncSession, staff: Staff, request_id: UUID) -> RequestToConfirm:
    """One request as this person reads it."""
    return await shown(session, staff, await session.get_one(SecondPersonRequest, request_id))


async def shown(
    session: AsyncSession, staff: Staff, request: SecondPersonRequest
) -> RequestToConfirm:
    """The request as this person reads it."""
    kind, undecided = Kind(request.kind), request.decision is None
    able: frozenset[int] = frozenset()
    if undecided:
        able = await second_persons(session, kind, request.asked_by, request.subject_id)
    asker = await session.get_one(StaffMember, request.asked_by)
    subject = None if kind is Kind.REVEAL else await session.get(StaffMember, request.subject_id)
    decider = await session.get(StaffMember, request.decided_by) if request.decided_by else None
    return RequestToConfirm.model_validate(
        request.model_dump()
        | {
            "label": label("second_person", kind),
            "reason_class_label": label("reveal_reason", request.reason_class)
            if request.reason_class
            else None,
            "number": request.subject_id if kind is Kind.REVEAL else None,
            "person": f"{subject.name} ({subject.username})" if subject else None,
            "asked_by": asker.name,
            "mine": request.asked_by == staff.id,
            "decidable": staff.id in able,
            "nobody_else": undecided and not able,
            "decided_by": decider.name if decider else request.operator,
        }
    )


async def _decided(
    session: AsyncSession, staff: Staff, request_id: UUID, form: Decision | None, *, granted: bool
) -> RequestToConfirm:
    words = form.reason if form else None
    await decide(session, staff, request_id, granted=granted, words=words)
    return await request_shown(session, staff, request_id)
