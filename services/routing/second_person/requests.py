"""Asking for a second person, and whether what was asked is in force."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.routing.second_person.logging import log
from services.routing.second_person.models import Kind, SecondPersonRequest
from shared.database.columns import now
from shared.http.problems import conflict, forbidden
from shared.http.tokens import Staff
from shared.lifecycle.people import Role

LIFETIME: Final = timedelta(hours=24)
"""How long a grant is good for, and an emergency that nobody has confirmed."""
WAITING: Final = timedelta(days=7)
"""After which a request that nobody decided has lapsed; not an emergency, nor that somebody is to
be a second person, which nobody would ask again: pusat could not be two any more."""
WAITS: Final = (
    "(decision IS NULL AND (emergency OR kind = 'new_admin' OR asked_at > now() - :waiting))"
)
"""Not decided and not lapsed, of `second_person_request`."""
GUARDED: Final = (Role.COORDINATING_ADMIN, Role.CENTRAL_ADMIN)
"""Whose password or second factor no one person resets."""


async def in_force(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> SecondPersonRequest | None:
    """What this person asked and may do now: granted, or an emergency not refused; not run out,
    not used up."""
    found = await session.scalars(
        select(SecondPersonRequest)
        .where(
            SecondPersonRequest.kind == kind,
            SecondPersonRequest.subject_id == subject_id,
            SecondPersonRequest.asked_by == staff_id,
            SecondPersonRequest.ends_at > now(),  # type: ignore[operator]
            SecondPersonRequest.used_at.is_(None),  # type: ignore[union-attr]
            text("(decision = 'granted' OR (emergency AND decision IS NULL))"),
        )
        .order_by(SecondPersonRequest.ends_at.desc())  # type: ignore[union-attr]
        .limit(1)
    )
    return found.first()


async def waiting(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> SecondPersonRequest | None:
    """What this person asked and nobody has decided yet."""
    found = await session.scalars(
        select(SecondPersonRequest)
        .where(
            SecondPersonRequest.kind == kind,
            SecondPersonRequest.subject_id == subject_id,
            SecondPersonRequest.asked_by == staff_id,
            text(WAITS).bindparams(waiting=WAITING),
        )
        .limit(1)
    )
    return found.first()


async def ask(
    session: AsyncSession,
    staff: Staff,
    kind: Kind,
    subject_id: int,
    *,
    reason: str | None = None,
    emergency: bool = False,
) -> SecondPersonRequest:
    """Ask, unless the same is asked already. An emergency is in force at once; 409 where nobody
    has confirmed one before. 403 for anyone who is
    no second person for others: they would be two that one has made."""
    if kind is not Kind.NEW_ADMIN and not await is_vouched_for(session, staff.id):
        raise forbidden("not_vouched_for")
    if emergency:
        await _check_emergency(session, staff.id, kind, subject_id)
    if not emergency and (asked := await waiting(session, staff.id, kind, subject_id)):
        return asked
    request = SecondPersonRequest(
        id=uuid4(),
        kind=kind,
        subject_id=subject_id,
        asked_by=staff.id,
        asked_at=now(),
        reason=reason,
        emergency=emergency,
        ends_at=now() + LIFETIME if emergency else None,
    )
    session.add(request)
    await session.flush()
    await log(session, request, "emergency" if emergency else "asked", staff=staff, words=reason)
    return request


async def _check_emergency(
    session: AsyncSession, staff_id: int, kind: Kind, subject_id: int
) -> None:
    """One that was refused, or ran out with nobody having looked, is not simply repeated."""
    given = {"id": staff_id, "kind": kind, "subject_id": subject_id, "lifetime": LIFETIME}
    # One at a time: of two at once, neither would see the other.
    await session.execute(_ALONE, {"id": staff_id})
    if await session.scalar(_EMERGENCY_LEFT_OPEN, given):
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
    return not await session.scalar(_NOT_VOUCHED_FOR, {"id": staff_id})


async def is_guarded(session: AsyncSession, staff_id: int, role: str) -> bool:
    """Whether this person's way in is no one person's to reset; so is that of the person who had
    such a role lately, or it would be taken from them first."""
    return role in GUARDED or bool(await session.scalar(_LATELY, {"id": str(staff_id)}))


NOT_VOUCHED_FOR: Final = (
    "coalesce((SELECT v.decision IS DISTINCT FROM 'granted' FROM routing.second_person_request v"
    " WHERE v.kind = 'new_admin' AND v.subject_id = {0} ORDER BY v.asked_at DESC LIMIT 1), false)"
)
"""The last time somebody was made an admin of people decides: what was asked before is past."""
_ALONE = text("SELECT FROM routing.staff WHERE id = :id FOR UPDATE")
_EMERGENCY_LEFT_OPEN = text(
    "SELECT EXISTS (SELECT FROM routing.second_person_request WHERE emergency"
    " AND asked_by = :id AND kind = :kind AND ("
    "  (subject_id = :subject_id AND decision IS DISTINCT FROM 'granted')"
    "  OR (decision IS NULL AND asked_at < now() - :lifetime)))"
)
_NOT_VOUCHED_FOR = text(f"SELECT {NOT_VOUCHED_FOR.format(':id')}")
_LATELY = text(
    "SELECT EXISTS (SELECT FROM routing.management_log WHERE kind = 'staff' AND subject_id = :id"
    " AND action = 'change' AND at > now() - interval '30 days'"
    " AND details #>> '{role,0}' IN ('coordinating_admin', 'central_admin'))"
)
