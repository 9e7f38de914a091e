"""The answer to a command, and where to ask for an outcome that takes longer."""

from typing import Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.command_requests.command_request import command_id
from shared.command_requests.execute import outcome_of
from shared.command_requests.report_access import owns
from shared.database.lifecycle import CommandRow
from shared.http.auth import CurrentPrincipal
from shared.http.documentation import problem_responses
from shared.http.idempotency import asker_of
from shared.http.problems import not_found
from shared.http.tokens import Partner, Principal, Staff
from shared.http.transaction import Transaction
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.people import ActorKind


class CommandAnswer(BaseModel):
    """The state of a command.

    `done`: it took effect. `refused`: it changed nothing, and `refusal` says why. `waiting`: it is
    saved and will be carried out; ask again at `href`.
    """

    command_id: UUID
    number: int
    state: Literal["done", "refused", "waiting"]
    status: str | None
    version: int | None
    refusal: str | None
    href: str

    @classmethod
    def of(cls, command_id: UUID, number: int, outcome: Outcome | None) -> Self:
        state: Literal["done", "refused", "waiting"] = "waiting"
        if outcome is not None:
            state = "done" if outcome.done else "refused"
        return cls(
            command_id=command_id,
            number=number,
            state=state,
            status=outcome.status if outcome else None,
            version=outcome.version if outcome else None,
            refusal=outcome.refusal if outcome else None,
            href=f"/commands/{command_id}",
        )


COMMAND_RESPONSES = {
    202: {"model": CommandAnswer},
    **problem_responses(401, 403, 404, 409, 412, 422),
}


router = APIRouter(tags=["commands"])


@router.get("/commands/{command_id}", responses=problem_responses(401, 404))
async def read_command(
    command_id: UUID, principal: CurrentPrincipal, session: Transaction
) -> CommandAnswer:
    """The state of the caller's own command, by its id or by the Idempotency-Key sent with it."""
    row = await own_command(session, command_id, principal)
    return CommandAnswer.of(row.id, row.number, outcome_of(row))


async def own_command(session: AsyncSession, id: UUID, principal: Principal) -> CommandRow:
    """A command that the caller gave, found by its id or by their key; 404 for any other.

    A reporter's command also belongs to another person who reaches the report as its reporter.
    """
    row = await session.get(CommandRow, command_id(asker_of(principal), id))
    row = row or await session.get(CommandRow, id)
    if row is None or not await _made_by(session, Command.model_validate(row.body), principal):
        raise not_found("command_not_found")
    return row


async def _made_by(session: AsyncSession, command: Command, principal: Principal) -> bool:
    actor = command.actor
    if isinstance(principal, Staff):
        return actor.staff_id == principal.id
    if isinstance(principal, Partner):
        return actor.system == principal.system
    return actor.kind is ActorKind.REPORTER and await owns(session, principal, command.number)
