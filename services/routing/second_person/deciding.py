"""Who may be the second person, and deciding as the second person."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.routing.models import Agency, StaffMember
from services.routing.second_person.logging import log
from services.routing.second_person.models import Kind, SecondPersonRequest
from services.routing.second_person.requests import LIFETIME, WAITING, vouched_for
from shared.database.columns import now
from shared.http.problems import conflict, forbidden, not_found
from shared.http.tokens import Staff
from shared.lifecycle.people import Role


async def decide(
    session: AsyncSession, staff: Staff, request_id: UUID, *, granted: bool, words: str | None
) -> SecondPersonRequest:
    """Grant or refuse a request. 404 if this person may not see it, 403 for one's own, 409 if it is
    decided or has lapsed."""
    request = await session.get(SecondPersonRequest, request_id, with_for_update=True)
    if request is None:
        raise not_found("second_person_request_not_found")
    if staff.id == request.asked_by:
        raise forbidden("second_person_is_another")
    if staff.id not in await second_persons(session, *_about(request)):
        raise not_found("second_person_request_not_found")
    if request.decision is not None or _has_lapsed(request):
        raise conflict("second_person_decided")
    request.decided_by = staff.id
    await _decided(session, request, granted=granted)
    step = ("confirmed" if request.emergency else "granted") if granted else "refused"
    await log(session, request, step, staff=staff, words=words)
    return request


async def decide_as_operator(
    session: AsyncSession, request: SecondPersonRequest, operator: str, words: str
) -> None:
    """Grant a request that nobody else can decide. Raises `BreakGlassRefused` if somebody else can,
    or if it is decided or has lapsed."""
    if await second_persons(session, *_about(request), able=True):
        raise BreakGlassRefused("Somebody else can decide this request: ask them.")
    if request.decision is not None or _has_lapsed(request):
        raise BreakGlassRefused("This request has been decided, or has lapsed.")
    request.operator = operator
    await _decided(session, request, granted=True)
    step = "confirmed" if request.emergency else "granted"
    await log(session, request, step, operator=operator, words=words)


class BreakGlassRefused(ValueError):
    """The operator may not act as the second person; the message says why."""


async def second_persons(
    session: AsyncSession, kind: str, asker_id: int, subject_id: int, *, able: bool = False
) -> frozenset[int]:
    """The ids of those who may decide what this person asked; `able`: only those with a
    password."""
    role, may = col(StaffMember.role), col(StaffMember.role) == Role.CENTRAL_ADMIN
    others = {asker_id}
    if kind != Kind.REVEAL:
        others.add(subject_id)
        subject = await session.get_one(StaffMember, subject_id)
        agency = await session.get_one(Agency, subject.agency_id)
        if subject.role != Role.CENTRAL_ADMIN:
            above = col(StaffMember.agency_id).in_(agency.path[:-1])
            may |= (role == Role.COORDINATING_ADMIN) & above
    people = await session.scalars(
        select(StaffMember).where(
            col(StaffMember.active), may, col(StaffMember.id).not_in(others), vouched_for()
        )
    )
    return frozenset(person.id for person in people if person.password_hash or not able)


async def _decided(session: AsyncSession, request: SecondPersonRequest, *, granted: bool) -> None:
    request.decision, request.decided_at = "granted" if granted else "refused", now()
    if not granted:
        request.ends_at = now()
    elif not request.emergency:
        request.ends_at = now() + LIFETIME
    session.add(request)
    await session.flush()


def _about(request: SecondPersonRequest) -> tuple[str, int, int]:
    return request.kind, request.asked_by, request.subject_id


def _has_lapsed(request: SecondPersonRequest) -> bool:
    waits_on = request.emergency or request.kind == Kind.NEW_ADMIN
    return not waits_on and request.asked_at < now() - WAITING
