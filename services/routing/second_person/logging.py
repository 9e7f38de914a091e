"""Logs each step of a request: on the report it is about, or in the log of management."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.management_models import ManagementEntry
from services.routing.models import AccessLogEntry, StaffMember
from services.routing.second_person.models import Kind, SecondPersonRequest
from shared.http.tokens import Staff


async def log(
    session: AsyncSession,
    request: SecondPersonRequest,
    step: str,
    *,
    staff: Staff | None = None,
    operator: str | None = None,
    words: str | None = None,
) -> None:
    """Log a step of a request, by a member of staff or the operator. `step` is asked, put_off,
    emergency, granted, confirmed or refused."""
    if request.kind == Kind.REVEAL:
        session.add(
            AccessLogEntry(
                number=request.subject_id,
                kind=f"reveal_{step}",
                staff_id=staff.id if staff else None,
                agency_id=staff.agency_id if staff else None,
                operator=operator,
                subject_id=request.id,
                reason=words,
            )
        )
        return
    subject = await session.get_one(StaffMember, request.subject_id)
    session.add(
        ManagementEntry(
            staff_id=staff.id if staff else None,
            operator=operator,
            agency_id=subject.agency_id,
            kind="staff",
            subject_id=str(request.subject_id),
            action=f"{request.kind}_{step}",
            details={"request": str(request.id)} | ({"reason": words} if words else {}),
        )
    )


def log_opening(
    session: AsyncSession, staff: Staff, number: int, request_id: UUID, reason: str | None
) -> None:
    """Log that an identity was read."""
    session.add(
        AccessLogEntry(
            number=number,
            kind="reveal",
            staff_id=staff.id,
            agency_id=staff.agency_id,
            subject_id=request_id,
            reason=reason,
        )
    )
