"""What somebody wrote with a command. Its author can read it even while it waits or was refused."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.followup.models import Message
from shared.command_requests.answers import own_command
from shared.http.auth import CurrentPrincipal
from shared.http.documentation import problem_responses
from shared.http.problems import not_found
from shared.http.transaction import Transaction


class OwnWords(BaseModel):
    """The words as they were saved, after normalisation."""

    command_id: UUID
    number: int
    action: str
    kind: str | None
    outcome: str | None
    unmet_reason: str | None
    text: str
    secret: bool
    rating: int | None
    solved: bool | None


router = APIRouter(tags=["commands"])


@router.get("/commands/{command_id}/text", responses=problem_responses(401, 404))
async def read_own_words(
    command_id: UUID, principal: CurrentPrincipal, session: Transaction
) -> OwnWords:
    """The words of a command of one's own, so that they can be sent again if it was refused."""
    command = await own_command(session, command_id, principal)
    message = await session.get(Message, command.id)
    if message is None:
        raise not_found("command_not_found")
    return OwnWords(
        command_id=command.id,
        number=message.number,
        action=message.action,
        kind=message.kind,
        outcome=message.outcome,
        unmet_reason=message.unmet_reason,
        text=message.words,
        secret=message.secret,
        rating=message.rating,
        solved=message.solved,
    )
