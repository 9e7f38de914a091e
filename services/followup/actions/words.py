"""Saves what people write with a command, together with the files they send."""

from collections.abc import Collection, Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from services.followup.models import FollowupAttachment, Message
from shared.attachments import StoredAttachment
from shared.command_requests.command_request import CommandRequest
from shared.command_requests.endpoints import CommandRouter
from shared.database.sealed_originals import SealedOriginal
from shared.lifecycle.commands import Command


def command_router(tag: str) -> CommandRouter:
    """Return the router for a module's commands, which saves their words and files with them."""
    return CommandRouter(tag, save_message, keys_named)


async def save_message(session: AsyncSession, command: Command, request: CommandRequest) -> None:
    """Save the words and files of a command, in the same transaction as the command. They become
    visible when the command is done."""
    more = request.form.model_dump(
        include={"kind", "outcome", "unmet_reason", "secret", "rating", "solved", "rectifies"}
    )
    if request.form.words is None and more.get("rating") is None and not request.files:
        return
    actor = command.actor
    session.add(
        Message(
            command_id=command.id,
            number=command.number,
            action=command.action,
            words=request.form.words or "",
            actor_kind=actor.kind,
            staff_id=actor.staff_id,
            agency_id=actor.agency_id,
            assignee_id=command.assignee_id,
            at=command.at,
            **more,
        )
    )
    for file in request.files:
        _add_file(session, command, file)


async def keys_named(connection: AsyncConnection, keys: Sequence[str]) -> Collection[str]:
    """Return those of these storage keys that belong to a file of a message."""
    key = col(FollowupAttachment.key)
    return set((await connection.execute(select(key).where(key.in_(keys)))).scalars())


def _add_file(session: AsyncSession, command: Command, file: StoredAttachment) -> None:
    id = uuid4()
    session.add(
        FollowupAttachment(
            id=id,
            number=command.number,
            command_id=command.id,
            key=file.key,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            state=file.state,
            sealed_because=file.sealed_because,
        )
    )
    if file.original:
        session.add(
            SealedOriginal(
                attachment_id=id,
                number=command.number,
                command_id=command.id,
                key=file.original.key,
                name=file.original.name,
                media_type=file.original.media_type,
                size=file.original.size,
                sha256=file.original.sha256,
                data_key=file.original.data_key.encode(),
            )
        )
