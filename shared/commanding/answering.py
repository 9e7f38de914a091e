"""What an endpoint answers to a command, and where to ask for an outcome that takes longer."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from shared.commanding import messages
from shared.commanding.performing import Wish, outcome_of, perform
from shared.database.lifecycle import CommandRow
from shared.http.auth import CurrentPrincipal
from shared.http.documentation import problem_responses
from shared.http.idempotency import etag
from shared.http.problems import not_found
from shared.http.tokens import Partner, Principal, ReportBearer, Staff
from shared.http.transaction import CurrentDatabase, Transaction
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.people import Actor, ActorKind
from shared.temporal.door import Door

messages.register_all()


class CommandAnswer(BaseModel):
    """`done`: it took effect; `refused`: it changed nothing, `refusal` says why; `waiting`: it is
    saved and will be carried out, ask again at `href`."""

    command_id: UUID
    number: int
    state: Literal["done", "refused", "waiting"]
    status: str | None
    version: int | None
    refusal: str | None
    href: str


def door_of(request: Request) -> Door:
    """The service's way to the workflows."""
    door: Door = request.app.state.door
    return door


CurrentDoor = Annotated[Door, Depends(door_of)]

COMMAND_RESPONSES = {
    202: {"model": CommandAnswer},
    **problem_responses(401, 403, 404, 409, 412, 422),
}


async def carry_out(
    database: CurrentDatabase, door: Door, wish: Wish, response: Response
) -> CommandAnswer:
    """Perform the wish: 200 with the outcome and the new ETag, or 202 while it waits."""
    outcome = await perform(database, door, wish)
    if outcome is None:
        response.status_code = 202
        response.headers["Location"] = f"/commands/{wish.id}"
    else:
        response.headers["ETag"] = etag(outcome.version)
    return _answer(wish.id, wish.number, outcome)


router = APIRouter(tags=["commands"])


@router.get("/commands/{command_id}", responses=problem_responses(401, 404))
async def read_command(
    command_id: UUID, principal: CurrentPrincipal, session: Transaction
) -> CommandAnswer:
    """What became of a command of one's own."""
    row = await session.get(CommandRow, command_id)
    if row is None or not _made_by(Command.model_validate(row.body), principal):
        raise not_found("command_not_found")
    return _answer(row.id, row.number, outcome_of(row))


def _made_by(command: Command, principal: Principal) -> bool:
    actor: Actor = command.actor
    if isinstance(principal, Staff):
        return actor.staff_id == principal.id
    if isinstance(principal, Partner):
        return actor.system == principal.system
    if isinstance(principal, ReportBearer) and principal.number != command.number:
        return False
    return actor.kind is ActorKind.REPORTER


def _answer(command_id: UUID, number: int, outcome: Outcome | None) -> CommandAnswer:
    state: Literal["done", "refused", "waiting"] = "waiting"
    if outcome is not None:
        state = "done" if outcome.done else "refused"
    return CommandAnswer(
        command_id=command_id,
        number=number,
        state=state,
        status=outcome.status if outcome else None,
        version=outcome.version if outcome else None,
        refusal=outcome.refusal if outcome else None,
        href=f"/commands/{command_id}",
    )
