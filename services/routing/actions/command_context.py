"""A command of staff, from the request that asks for it to the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.command_requests.answers import CommandAnswer, CurrentGateway, carry_out
from shared.command_requests.execute import CommandRequest
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.http.auth import CurrentStaff
from shared.http.idempotency import CommandId, IfMatch, asker_of
from shared.http.in_place import in_place
from shared.http.transaction import CurrentDatabase
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command

ReportNumber = Annotated[int, Path(ge=1, le=2**63 - 1, description="The report's number")]
AgencyId = Annotated[int, Path(ge=1, le=2**31 - 1)]

Details = Callable[[AsyncSession, ReportAccess], Awaitable[dict[str, Any]]]
Write = Callable[[AsyncSession, Command], Awaitable[None]]


@dataclass(frozen=True)
class Acting:
    """Who asks, for which report, and how the request was marked."""

    number: ReportNumber
    staff: CurrentStaff
    database: CurrentDatabase
    gateway: CurrentGateway
    id: CommandId
    version: IfMatch
    response: Response

    async def do(
        self,
        action: Action,
        form: BaseModel,
        details: Details,
        write: Write,
        **more: Any,
    ) -> CommandAnswer:
        """Perform the action that the form asks for; `more` of `CommandRequest`,
        which also says what problems are raised."""

        async def access(session: AsyncSession) -> ReportAccess:
            return await staff_access(session, self.staff, self.number)

        command_request = CommandRequest(
            key=self.id,
            asker=asker_of(self.staff),
            number=self.number,
            action=action,
            access=access,
            details=details,
            write=write,
            version=self.version,
            **({"content": form} | more),
        )
        return await carry_out(self.database, self.gateway, command_request, self.response)


CurrentActing = Annotated[Acting, Depends(in_place(Acting))]
