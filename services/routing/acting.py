"""A command of staff, from the request that asks for it to the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from shared.commanding.answering import CommandAnswer, CurrentDoor, carry_out
from shared.commanding.performing import Wish
from shared.commanding.situation import Situation, staff_situation
from shared.http.auth import CurrentStaff
from shared.http.idempotency import CommandId, IfMatch
from shared.http.in_place import in_place
from shared.http.transaction import CurrentDatabase
from shared.lifecycle.actions import Action
from shared.lifecycle.commands import Command

ReportNumber = Annotated[int, Path(ge=1, le=2**63 - 1, description="The report's number")]
AgencyId = Annotated[int, Path(ge=1, le=2**31 - 1)]

Details = Callable[[AsyncSession, Situation], Awaitable[dict[str, Any]]]
Write = Callable[[AsyncSession, Command], Awaitable[None]]


@dataclass(frozen=True)
class Acting:
    """Who asks, for which report, and how the request was marked."""

    number: ReportNumber
    staff: CurrentStaff
    database: CurrentDatabase
    door: CurrentDoor
    id: CommandId
    version: IfMatch
    response: Response

    async def do(
        self,
        action: Action,
        details: Details,
        write: Write,
        look: Callable[[Situation], None] | None = None,
    ) -> CommandAnswer:
        """Perform the action; see `shared.commanding.performing` for the problems raised.

        `look` may raise one before authority and status are judged.
        """

        async def situation(session: AsyncSession) -> Situation:
            found = await staff_situation(session, self.staff, self.number)
            if look is not None:
                look(found)
            return found

        wish = Wish(self.id, self.number, action, situation, details, write, self.version)
        return await carry_out(self.database, self.door, wish, self.response)


CurrentActing = Annotated[Acting, Depends(in_place(Acting))]
