"""The operator acts as the second person where there is none (`lapor staff break-glass`)."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.routing.accounts import second_factor as factors
from services.routing.accounts.password_links import OneTimeLink, make_link, take_password
from services.routing.management_models import ManagementEntry
from services.routing.models import StaffMember
from services.routing.second_person.deciding import (
    BreakGlassRefused,
    decide_as_operator,
    second_persons,
)
from services.routing.second_person.models import SecondPersonRequest
from services.routing.second_person.requests import vouched_for, waits
from shared.lifecycle.people import Role


async def stuck_requests(session: AsyncSession) -> list[SecondPersonRequest]:
    """The waiting requests that nobody can decide, oldest first."""
    requests = await session.scalars(
        select(SecondPersonRequest).where(waits()).order_by(col(SecondPersonRequest.asked_at))
    )
    return [
        request
        for request in requests
        if not await second_persons(
            session, request.kind, request.asked_by, request.subject_id, able=True
        )
    ]


async def stand_in(session: AsyncSession, request_id: UUID, operator: str, reason: str) -> None:
    """Grant a request as the operator. Raises `BreakGlassRefused` if somebody else can."""
    request = await session.get(SecondPersonRequest, request_id, with_for_update=True)
    if request is None:
        raise BreakGlassRefused("There is no such request.")
    await decide_as_operator(session, request, operator, reason)


async def let_in(
    session: AsyncSession,
    base_url: str,
    username: str,
    operator: str,
    reason: str,
    *,
    second_factor: bool,
) -> OneTimeLink:
    """Make a link for the only person of pusat, who cannot sign in and has nobody to ask. Their
    present password and all their sessions end. Raises `BreakGlassRefused` if another person of
    pusat can ask for it."""
    of_pusat = select(StaffMember).where(
        col(StaffMember.active), col(StaffMember.role) == Role.CENTRAL_ADMIN
    )
    named = of_pusat.where(col(StaffMember.username) == username)
    person = (await session.scalars(named)).one_or_none()
    if person is None:
        raise BreakGlassRefused(f"There is no active person of pusat with the name {username}.")
    another = of_pusat.where(
        col(StaffMember.id) != person.id, col(StaffMember.password_hash) != "", vouched_for()
    )
    if (await session.scalars(another.limit(1))).first() is not None:
        raise BreakGlassRefused("Another person of pusat can ask for it, in the panel.")
    await take_password(session, person.id)
    if second_factor:
        await factors.forget(session, person.id)
    session.add(
        ManagementEntry(
            operator=operator,
            agency_id=person.agency_id,
            kind="staff",
            subject_id=str(person.id),
            action="reset_password",
            details={"reason": reason, "second_factor": second_factor},
        )
    )
    await session.flush()
    return await make_link(session, base_url, person.id)
