"""Wishes of staff and of reporters, from what they wrote: the same for HTTP and for partners."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.words import Written
from shared.command_requests.execute import CommandRequest, Look, nothing
from shared.command_requests.report_access import ReportAccess, reporter_access, staff_access
from shared.http.idempotency import asker_of
from shared.http.tokens import ReporterPrincipal, Staff
from shared.lifecycle.actions import Action

Details = Callable[[AsyncSession, ReportAccess], Awaitable[dict[str, Any]]]


def staff_request(
    staff: Staff,
    number: int,
    action: Action,
    written: Written,
    key: UUID,
    *,
    version: int | None = None,
    details: Details | None = None,
    about: Any = None,
    look: Look | None = None,
) -> CommandRequest:
    """What a member of staff wishes for a report of their agency's or one below. `about`: what
    they say beside what is written."""

    async def access(session: AsyncSession) -> ReportAccess:
        return await staff_access(session, staff, number)

    return CommandRequest(
        key=key,
        asker=asker_of(staff),
        number=number,
        action=action,
        access=access,
        details=details or fixed(),
        write=written.save,
        content=[written.content, about],
        version=version,
        look=look or nothing,
    )


def reporter_request(
    principal: ReporterPrincipal,
    number: int,
    action: Action,
    written: Written,
    key: UUID,
    *,
    version: int | None = None,
) -> CommandRequest:
    """What a reporter, or a partner for its own reporter, wishes for a report of their own."""

    async def access(session: AsyncSession) -> ReportAccess:
        return await reporter_access(session, principal, number)

    return CommandRequest(
        key=key,
        asker=asker_of(principal),
        number=number,
        action=action,
        access=access,
        details=fixed(),
        write=written.save,
        content=written.content,
        version=version,
    )


def fixed(**values: Any) -> Details:
    """Details that do not depend on how the report stands."""

    async def details(_: AsyncSession, __: ReportAccess) -> dict[str, Any]:
        return values

    return details
