"""Asking for a second person, and whether what was asked is in force."""

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
"""How long a grant is good for, and an emergency that nobody has confirmed."""
WAITING: Final = timedelta(days=7)
"""After which a request that nobody decided has lapsed; not an emergency, nor that somebody is to
be a second person, which nobody would ask again: pusat could not be two any more."""
GUARDED: Final = MANAGERS
"""Whose password or second factor no one person resets."""


async def in_force(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> SecondPersonRequest | None:
    """What this person asked and may do now: granted, or an emergency not refused; not run out,
    not used up."""
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
    """What this person asked and nobody has decided yet."""
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
    """Ask, unless the same is asked already, in which case what was asked first stays. An emergency
    is in force at once; 409 where nobody has confirmed one before. 403 for anyone who is no second
    person for others: they would be two that one has made."""
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
    """One that was refused, or ran out with nobody having looked, is not simply repeated."""
    # One at a time: of two at once, neither would see the other.
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
    """What was granted is done: it is in force no more."""
    request.used_at = now()
    session.add(request)
    await session.flush()


async def note_new_admin(session: AsyncSession, staff: Staff, staff_id: int, role: str) -> None:
    """Whoever one person alone made an admin of people cannot be that person's second."""
    if role in GUARDED:
        await ask(session, staff, Kind.NEW_ADMIN, staff_id)


async def is_vouched_for(session: AsyncSession, staff_id: int) -> bool:
    """Not made an admin of people by one person alone."""
    vouched = select(StaffMember).where(col(StaffMember.id) == staff_id, vouched_for())
    return (await session.scalars(vouched)).first() is not None


async def is_guarded(session: AsyncSession, staff_id: int, role: str) -> bool:
    """Whether this person's way in is no one person's to reset; so is that of the person who had
    such a role lately, or it would be taken from them first."""
    lately = select(ManagementEntry).where(
        col(ManagementEntry.kind) == "staff",
        col(ManagementEntry.subject_id) == str(staff_id),
        col(ManagementEntry.action) == "change",
        col(ManagementEntry.at) > now() - timedelta(days=30),
        _ROLE_BEFORE.in_(GUARDED),
    )
    return role in GUARDED or (await session.scalars(lately.limit(1))).first() is not None


def waits() -> ColumnElement[bool]:
    """Of `SecondPersonRequest`: not decided and not lapsed."""
    lasting = _EMERGENCY | (col(SecondPersonRequest.kind) == Kind.NEW_ADMIN)
    return _DECISION.is_(None) & (lasting | (col(SecondPersonRequest.asked_at) > now() - WAITING))


def vouched_for() -> ColumnElement[bool]:
    """Of `StaffMember`: not made an admin of people by one person alone. The last time somebody
    was made one decides: what was asked before is past."""
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
