"""Asking for a second person, and whether what was asked for is in force."""

from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from services.routing.management_models import ManagementEntry
from services.routing.models import StaffMember
from services.routing.second_person.logging import log
from services.routing.second_person.models import Kind, SecondPersonRequest
from shared.database.columns import now
from shared.http.problems import conflict, forbidden
from shared.http.tokens import Staff
from shared.lifecycle.people import MANAGERS

LIFETIME: Final = timedelta(hours=24)
"""How long a grant is in force, and an emergency that nobody has confirmed."""
WAITING: Final = timedelta(days=7)
"""After this time an undecided request lapses. Emergencies do not lapse, nor do requests that
somebody become a second person: nobody would ask again, and pusat could stay without two."""
GUARDED: Final = MANAGERS
"""Roles whose password or second factor no person may reset alone."""


async def in_force(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> SecondPersonRequest | None:
    """The request that allows this person to act now: granted, or an emergency that was not
    refused, and neither expired nor used up. None if there is none."""
    rows = await session.scalars(
        select(SecondPersonRequest)
        .where(
            *_asked(staff_id, kind, subject_id),
            col(SecondPersonRequest.ends_at) > now(),
            col(SecondPersonRequest.used_at).is_(None),
            (_DECISION == "granted") | (_EMERGENCY & _DECISION.is_(None)),
        )
        .order_by(col(SecondPersonRequest.ends_at).desc())
        .limit(1)
    )
    return rows.first()


async def waiting(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> SecondPersonRequest | None:
    """This person's request that nobody has decided yet, or None."""
    rows = await session.scalars(
        select(SecondPersonRequest).where(*_asked(staff_id, kind, subject_id), waits()).limit(1)
    )
    return rows.first()


async def ask(
    session: AsyncSession,
    staff: Staff,
    kind: Kind,
    subject_id: int,
    *,
    reason: str | None = None,
    emergency: bool = False,
    reason_class: str | None = None,
    tell_on: date | None = None,
) -> SecondPersonRequest:
    """Ask for a second person. If the same request already waits, it is returned unchanged.

    An emergency is in force at once; 409 if an earlier one was not confirmed. 403 for a person who
    cannot be a second person for others: otherwise one person could make both.
    """
    if kind is not Kind.NEW_ADMIN and not await is_vouched_for(session, staff.id):
        raise forbidden("not_vouched_for")
    if emergency:
        await _check_emergency(session, staff.id, kind, subject_id)
    if not emergency and (pending := await waiting(session, staff.id, kind, subject_id)):
        return pending
    request = SecondPersonRequest(
        id=uuid4(),
        kind=kind,
        subject_id=subject_id,
        asked_by=staff.id,
        asked_at=now(),
        reason=reason,
        reason_class=reason_class,
        tell_on=tell_on,
        emergency=emergency,
        ends_at=now() + LIFETIME if emergency else None,
    )
    session.add(request)
    await session.flush()
    await log(session, request, "emergency" if emergency else "asked", staff=staff, words=reason)
    if tell_on is not None:
        await log(session, request, "put_off", staff=staff, words=tell_on.isoformat())
    return request


async def _check_emergency(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> None:
    """Raise a 409 after an emergency that nobody confirmed: it cannot simply be repeated. This
    means one for the same subject, or any of the same kind that ran out undecided."""
    # One at a time: two simultaneous requests would not see each other.
    await session.get(StaffMember, staff_id, with_for_update=True)
    same = col(SecondPersonRequest.subject_id) == subject_id
    same &= _DECISION.is_distinct_from("granted")
    ran_out = _DECISION.is_(None) & (col(SecondPersonRequest.asked_at) < now() - LIFETIME)
    left_open = select(SecondPersonRequest).where(
        _EMERGENCY,
        col(SecondPersonRequest.asked_by) == staff_id,
        col(SecondPersonRequest.kind) == kind,
        same | ran_out,
    )
    if (await session.scalars(left_open.limit(1))).first() is not None:
        raise conflict("emergency_not_confirmed")


async def use(session: AsyncSession, request: SecondPersonRequest) -> None:
    """Mark the grant as used: it is no longer in force."""
    request.used_at = now()
    session.add(request)
    await session.flush()


async def note_new_admin(session: AsyncSession, staff: Staff, staff_id: int, role: str) -> None:
    """Ask to have a new admin of people confirmed; until then they cannot be a second person."""
    if role in GUARDED:
        await ask(session, staff, Kind.NEW_ADMIN, staff_id)


async def is_vouched_for(session: AsyncSession, staff_id: int) -> bool:
    """Whether the person was not made an admin of people by one person alone."""
    vouched = select(StaffMember).where(col(StaffMember.id) == staff_id, vouched_for())
    return (await session.scalars(vouched)).first() is not None


async def is_guarded(session: AsyncSession, staff_id: int, role: str) -> bool:
    """Whether no person may reset this person's access alone. This includes people who had a
    guarded role lately: otherwise the role would be taken from them first."""
    lately = select(ManagementEntry).where(
        col(ManagementEntry.kind) == "staff",
        col(ManagementEntry.subject_id) == str(staff_id),
        col(ManagementEntry.action) == "change",
        col(ManagementEntry.at) > now() - timedelta(days=30),
        _ROLE_BEFORE.in_(GUARDED),
    )
    return role in GUARDED or (await session.scalars(lately.limit(1))).first() is not None


def waits() -> ColumnElement[bool]:
    """The condition that a `SecondPersonRequest` is neither decided nor lapsed."""
    lasting = _EMERGENCY | (col(SecondPersonRequest.kind) == Kind.NEW_ADMIN)
    return _DECISION.is_(None) & (lasting | (col(SecondPersonRequest.asked_at) > now() - WAITING))


def vouched_for() -> ColumnElement[bool]:
    """The condition that a `StaffMember` was not made an admin of people by one person alone. Only
    the last time counts: earlier requests are past."""
    last = aliased(SecondPersonRequest)
    granted = (
        select(col(last.decision).is_not_distinct_from("granted"))
        .where(col(last.kind) == Kind.NEW_ADMIN, col(last.subject_id) == col(StaffMember.id))
        .order_by(col(last.asked_at).desc())
        .limit(1)
        .correlate(StaffMember)
        .scalar_subquery()
    )
    return func.coalesce(granted, True)


def _asked(staff_id: int, kind: Kind, subject_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SecondPersonRequest.kind) == kind,
        col(SecondPersonRequest.subject_id) == subject_id,
        col(SecondPersonRequest.asked_by) == staff_id,
    )


_DECISION, _EMERGENCY = col(SecondPersonRequest.decision), col(SecondPersonRequest.emergency)
_ROLE_BEFORE = col(ManagementEntry.details)[("role", "0")].as_string()
