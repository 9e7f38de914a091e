"""Wishes of staff and of reporters, from what they wrote: the same for HTTP and for partners."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.words import Written
from shared.commanding.performing import Wish
from shared.commanding.situation import Situation, reporter_situation, staff_situation
from shared.http.tokens import ReporterPrincipal, Staff
from shared.lifecycle.actions import Action

Details = Callable[[AsyncSession, Situation], Awaitable[dict[str, Any]]]


def staff_wish(
    staff: Staff,
    number: int,
    action: Action,
    written: Written,
    command_id: UUID,
    *,
    version: int | None = None,
    details: Details | None = None,
) -> Wish:
    """What a member of staff wishes for a report of their agency's or one below."""

    async def situation(session: AsyncSession) -> Situation:
        return await staff_situation(session, staff, number)

    return Wish(command_id, number, action, situation, details or fixed(), written.save, version)


def reporter_wish(
    principal: ReporterPrincipal,
    number: int,
    action: Action,
    written: Written,
    command_id: UUID,
    *,
    version: int | None = None,
) -> Wish:
    """What a reporter, or a partner for its own reporter, wishes for a report of their own."""

    async def situation(session: AsyncSession) -> Situation:
        return await reporter_situation(session, principal, number)

    return Wish(command_id, number, action, situation, fixed(), written.save, version)


def fixed(**values: Any) -> Details:
    """Details that do not depend on how the report stands."""

    async def details(_: AsyncSession, __: Situation) -> dict[str, Any]:
        return values

    return details
