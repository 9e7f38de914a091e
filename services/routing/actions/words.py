"""Saves the words that staff write with a command."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import Note
from shared.command_requests.command_request import CommandRequest
from shared.command_requests.endpoints import CommandRouter
from shared.lifecycle.commands import Command


def command_router(tag: str) -> CommandRouter:
    """Return the router for a module's commands, which saves their words with them."""
    return CommandRouter(tag, save_note)


async def save_note(session: AsyncSession, command: Command, request: CommandRequest) -> None:
    """Save the words, if there are any, in the same transaction as the command."""
    if request.form.words is None:
        return
    assert command.actor.staff_id is not None
    session.add(
        Note(
            command_id=command.id,
            number=command.number,
            action=command.action,
            words=request.form.words,
            staff_id=command.actor.staff_id,
            at=command.at,
        )
    )
