"""The result of preparing a message: it is ready to send, or it is no longer to be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.texts import MessageText
from services.notification.models import Message
from shared.documents.a4 import A4
from shared.labels.catalogue import Language


@dataclass(frozen=True)
class Outgoing:
    """A message that is ready to send. `unsubscribe` is the token of the link that stops all
    messages."""

    id: UUID
    to: str
    text: MessageText
    language: Language
    unsubscribe: UUID | None
    document: A4 | None = None
    """A document that is attached to the mail as a PDF."""


@dataclass(frozen=True)
class NoLongerSent:
    """The message is no longer sent. After its row was written, the contact was ended or changed,
    another choice was made, or its content became outdated. A text message of the evening waits for
    the morning."""

    reason: str


def has_waited(message: Message) -> bool:
    """Whether it waited for the morning, the full hour or its provider. Then it may be outdated."""
    return message.not_before - message.created_at > _AT_ONCE


_AT_ONCE = timedelta(minutes=1)


async def read_by_message(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], messages: Sequence[Message]
) -> dict[UUID, Mapping[str, Any]]:
    """The rows that the statement selects for these messages, by the message's `id`. The statement
    must select `id`. A message without a row, because its contact is gone, is left out."""
    ids = [message.id for message in messages]
    rows = await session.execute(statement.where(col(Message.id).in_(ids)))
    return {row["id"]: dict(row) for row in rows.mappings()}
