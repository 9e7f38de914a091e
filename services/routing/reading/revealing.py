"""Revealing an anonymous reporter: one of pusat asks, another grants, each reading is logged."""

from datetime import datetime, time, timedelta
from typing import Final, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.reading.reporter import Identity, identity_of
from services.routing.second_person.logging import log_opening
from services.routing.second_person.models import (
    KeptRevealNotice,
    Kind,
    SecondPersonRequest,
)
from services.routing.second_person.requests import ask, in_force, waiting
from shared.clock import now
from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, conflict, forbidden, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.calendar import Zone
from shared.privacy.identity import IdentityCipher
from shared.privacy.reveal_reasons import RevealReason
from shared.values.fields import Day
from shared.values.words import Form, NoteText

PUT_OFF_AT_MOST: Final = timedelta(days=366)


class RevealForm(Form):
    reason: NoteText | None = Field(None, description="Needed unless a grant is in force")
    reason_class: RevealReason = Field(
        RevealReason.OTHER, description="All that the reporter learns of the reason"
    )
    tell_on: Day | None = Field(
        None,
        description="For law enforcement: the reporter is notified on this day, at most a "
        "year ahead, instead of at once",
    )
    emergency: bool = Field(
        False,
        description="Ancaman jiwa: one person reveals it at once. All others of pusat are "
        "notified, and one of them confirms it afterwards",
    )


class ShownReveal(BaseModel):
    """How far a person's reveal is: `waiting` for another person, or `in_force` until `ends_at`."""

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
    """Who an anonymous reporter is; only for pusat. The first call asks, with a reason, and answers
    202. Once another person of pusat has granted it, calls return the identity for a day. Every
    step and every reading is logged."""
    access = await staff_access(session, staff, number)
    if not is_of_pusat(staff):
        raise forbidden()
    if not access.state.anonymous:
        raise conflict("not_anonymous")
    granted = await reveal_in_force(session, staff.id, number)
    if granted is None:
        if form.reason is None:
            raise validation(FieldError("reason", "missing"))
        _check_putting_off(form)
        emergency = RevealReason.THREAT_TO_LIFE if form.emergency else form.reason_class
        pending = await ask(
            session,
            staff,
            Kind.REVEAL,
            number,
            reason=form.reason,
            emergency=form.emergency,
            reason_class=emergency,
            tell_on=form.tell_on,
        )
        if not form.emergency:
            response.status_code = 202
            return _shown(pending, "waiting")
        granted = pending
    log_opening(session, staff, number, granted.id, form.reason or granted.reason)
    await note_reading(session, granted)
    await session.flush()
    cipher: IdentityCipher = request.app.state.identity
    return await identity_of(session, cipher, number)


def is_of_pusat(staff: Staff) -> bool:
    """Whether this is an admin of the root agency."""
    return staff.role.is_central and len(staff.agency_path) == 1


async def reveal_in_force(
    session: AsyncSession, staff_id: int, number: int
) -> SecondPersonRequest | None:
    """The request that allows this person to read now who reported, and to open what is sealed;
    None if there is none. The caller logs each opening with the id of the request."""
    return await in_force(session, staff_id, Kind.REVEAL, number)


async def reveal_shown(session: AsyncSession, staff: Staff, number: int) -> ShownReveal | None:
    """How far this person's reveal is; None for anyone who is not of pusat or has not asked."""
    if not is_of_pusat(staff):
        return None
    if granted := await reveal_in_force(session, staff.id, number):
        return _shown(granted, "in_force")
    pending = await waiting(session, staff.id, Kind.REVEAL, number)
    return _shown(pending, "waiting") if pending else None


async def was_opened(session: AsyncSession, reveal: ShownReveal | None) -> bool:
    """Whether the identity was read under this reveal, which is in force. The reading is then
    logged and the reporter will be notified, so other details that identify the reporter may be
    shown."""
    if reveal is None or reveal.state != "in_force":
        return False
    return await session.get(KeptRevealNotice, reveal.id) is not None


async def note_reading(session: AsyncSession, granted: SecondPersonRequest) -> None:
    """Have the reporter notified of the first reading under a grant. It may be of the identity, or
    of something sealed with it."""
    at = now()
    on = granted.tell_on
    tell_at = datetime.combine(on, time(8), Zone.WIB.offset) if on else at
    notice = insert(KeptRevealNotice).values(
        request_id=granted.id,
        number=granted.subject_id,
        reason_class=granted.reason_class or RevealReason.OTHER,
        at=at,
        tell_at=max(at, tell_at),
    )
    await session.execute(notice.on_conflict_do_nothing())


def _check_putting_off(form: RevealForm) -> None:
    """Check that the notice may be postponed: only for law enforcement, at most a year, and not in
    an emergency, which a single person declares. Raises a 422."""
    if form.tell_on is None:
        return
    may = form.reason_class is RevealReason.LAW_ENFORCEMENT and not form.emergency
    today = now().date()
    if not may or not today < form.tell_on <= today + PUT_OFF_AT_MOST:
        raise validation(FieldError("tell_on", "not_a_choice"))


def _shown(request: SecondPersonRequest, state: Literal["waiting", "in_force"]) -> ShownReveal:
    return ShownReveal(
        id=request.id,
        state=state,
        emergency=request.emergency,
        confirmed=request.decision == "granted",
        ends_at=request.ends_at,
    )
