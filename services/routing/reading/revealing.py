"""Who an anonymous reporter is: asked by one of pusat, granted by another, every reading logged."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.reporter import Identity, identity_of
from services.routing.second_person.logging import log_opening
from services.routing.second_person.models import Kind, SecondPersonRequest
from services.routing.second_person.requests import ask, in_force, waiting
from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, conflict, forbidden, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.people import Role
from shared.privacy.identity import IdentityCipher
from shared.values.words import Form, NoteText


class RevealForm(Form):
    reason: NoteText | None = Field(None, description="Needed unless a grant is in force")
    emergency: bool = Field(
        False,
        description="Ancaman jiwa: at once, by one; all others of pusat are told, and one of them"
        " confirms it afterwards",
    )


class ShownReveal(BaseModel):
    """How far somebody of pusat has come: `waiting` for another, or `in_force` until `ends_at`."""

    id: UUID
    state: Literal["waiting", "in_force"]
    emergency: bool
    confirmed: bool
    ends_at: datetime | None


router = APIRouter(tags=["reports"])


@router.post(
    "/reports/{number}/reveal",
    responses={
        202: {"model": ShownReveal, "description": "Another of pusat has to grant it"},
        **problem_responses(401, 403, 404, 409, 422),
    },
)
async def reveal(
    number: ReportNumber,
    form: RevealForm,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
    response: Response,
) -> Identity | ShownReveal:
    """Who an anonymous reporter is, for pusat alone. The first call asks, with a reason, and
    answers 202; once another of pusat has granted it, and for a day, a call gives the identity.
    Every step and every reading is logged."""
    access = await staff_access(session, staff, number)
    if not is_of_pusat(staff):
        raise forbidden()
    if not access.state.anonymous:
        raise conflict("not_anonymous")
    granted = await reveal_in_force(session, staff.id, number)
    if granted is None:
        if form.reason is None:
            raise validation(FieldError("reason", "missing"))
        pending = await ask(
            session, staff, Kind.REVEAL, number, reason=form.reason, emergency=form.emergency
        )
        if not form.emergency:
            response.status_code = 202
            return _shown(pending, "waiting")
        granted = pending
    log_opening(session, staff, number, granted.id, form.reason or granted.reason)
    await session.flush()
    cipher: IdentityCipher = request.app.state.identity
    return await identity_of(session, cipher, number)


def is_of_pusat(staff: Staff) -> bool:
    """An admin of the root agency."""
    return staff.role == Role.CENTRAL_ADMIN and len(staff.agency_path) == 1


async def reveal_in_force(
    session: AsyncSession, staff_id: int, number: int
) -> SecondPersonRequest | None:
    """By what this person may know now who reported, and open what is sealed with it; None if
    they may not. Whoever opens something by it logs that with its id."""
    return await in_force(session, staff_id, Kind.REVEAL, number)


async def reveal_shown(session: AsyncSession, staff: Staff, number: int) -> ShownReveal | None:
    """How far this person has come with it, None for anyone who is not of pusat or has not
    asked."""
    if not is_of_pusat(staff):
        return None
    if granted := await reveal_in_force(session, staff.id, number):
        return _shown(granted, "in_force")
    pending = await waiting(session, staff.id, Kind.REVEAL, number)
    return _shown(pending, "waiting") if pending else None


def _shown(request: SecondPersonRequest, state: Literal["waiting", "in_force"]) -> ShownReveal:
    return ShownReveal(
        id=request.id,
        state=state,
        emergency=request.emergency,
        confirmed=request.decision == "granted",
        ends_at=request.ends_at,
    )
