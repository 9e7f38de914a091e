"""Who the reporter is, as far as the reader may know; and revealing one who is anonymous."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.acting import ReportNumber
from services.routing.models import AccessLogEntry
from services.routing.words import Form, Words
from shared.commanding.situation import Situation, staff_situation
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.problems import conflict, forbidden
from shared.http.transaction import Transaction
from shared.identity import IdentityCipher
from shared.lifecycle.people import Role


class ShownReporter(BaseModel):
    """`hidden` says why nothing is shown: the reporter is anonymous, or this is a copy."""

    hidden: Literal["anonymous", "copy"] | None
    name: str | None = None
    phone: str | None = None
    email: str | None = None


class Identity(BaseModel):
    """All that is known of who sent the report."""

    name: str | None
    phone: str | None
    email: str | None
    nik: str | None


class Revealing(Form):
    reason: Words


router = APIRouter(tags=["reports"])


@router.post("/reports/{number}/reveal", responses=problem_responses(401, 403, 404, 409, 422))
async def reveal(
    number: ReportNumber,
    form: Revealing,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
) -> Identity:
    """Who an anonymous reporter is: for pusat alone, with a reason, and every time logged."""
    situation = await staff_situation(session, staff, number)
    if staff.role != Role.CENTRAL_ADMIN or len(staff.agency_path) != 1:
        raise forbidden()
    if not situation.state.anonymous:
        raise conflict("not_anonymous")
    session.add(
        AccessLogEntry(
            number=number,
            kind="reveal",
            staff_id=staff.id,
            agency_id=staff.agency_id,
            reason=form.reason,
        )
    )
    await session.flush()
    cipher: IdentityCipher = request.app.state.identity
    return await _identity(session, cipher, number)


async def shown_reporter(
    session: AsyncSession, cipher: IdentityCipher, situation: Situation, *, by_copy: bool
) -> ShownReporter:
    """The reporter of a report, for somebody before it."""
    if situation.state.anonymous:
        return ShownReporter(hidden="anonymous")
    if by_copy:
        return ShownReporter(hidden="copy")
    identity = await _identity(session, cipher, situation.state.number)
    return ShownReporter(hidden=None, **identity.model_dump(exclude={"nik"}))


async def _identity(session: AsyncSession, cipher: IdentityCipher, number: int) -> Identity:
    row = (await session.execute(_CONTACT, {"number": number})).mappings().one_or_none()
    sealed = dict(row) if row else dict.fromkeys(Identity.model_fields)
    return Identity(
        **{name: cipher.decrypt(token) if token else None for name, token in sealed.items()}
    )


_CONTACT = text(
    "SELECT name, phone, email, nik FROM intake.published_contact WHERE number = :number"
)
