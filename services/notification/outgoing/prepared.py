"""What becomes of a message when it is made ready: it is handed over, or nothing is sent."""

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
    """A message ready to be handed over. `unsubscribe` is the token of the link that ends all."""

    id: UUID
    to: str
    text: MessageText
    language: Language
    unsubscribe: UUID | None
    document: A4 | None = None
    """Goes with a mail, as a PDF."""


@dataclass(frozen=True)
class NotAnyMore:
    """Nothing is sent: the contact was ended or changed, something else was chosen, or what it
    says was not so any more, after the row was written. A text message of the evening waits for
    the morning."""

    reason: str


def has_waited(message: Message) -> bool:
    """For the morning, the full hour or its provider: what it says may not be so any more."""
    return message.not_before - message.created_at > _AT_ONCE


_AT_ONCE = timedelta(minutes=1)


async def read_by_message(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], messages: Sequence[Message]
) -> dict[UUID, Mapping[str, Any]]:
    """What the statement selects, with `id`, for these messages; by their ids. Of a message that
    it does not find, for its contact is gone, nothing."""
    ids = [message.id for message in messages]
    rows = await session.execute(statement.where(col(Message.id).in_(ids)))
    return {row["id"]: dict(row) for row in rows.mappings()}
