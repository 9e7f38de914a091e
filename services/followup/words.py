"""What people write with a command: its form, and where it is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.models import FollowupAttachment, Message
from shared.attachments import StoredAttachment
from shared.database.sealed_originals import SealedOriginal
from shared.lifecycle.commands import Command
from shared.text import (
    BODY_LIMIT,
    FOLLOW_UP_LIMIT,
    NOTE_LIMIT,
    TextRejected,
    normalise,
    within,
)


class Form(BaseModel):
    """What is sent with a command: fields it does not know are refused, and never repeated."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def _written(limit: int) -> Callable[[str], str]:
    def take(raw: str) -> str:
        try:
            return within(normalise(raw), limit)
        except TextRejected as error:
            raise PydanticCustomError(
                f"text_{error.code}",
                "{length} characters, at most {limit}",
                {"length": error.length, "limit": error.limit},
            ) from None

    return take


def _schema(limit: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": limit})


# What is far too long is refused before it is read through.
FollowUpWords = Annotated[
    str,
    Field(max_length=30_000),
    AfterValidator(_written(FOLLOW_UP_LIMIT)),
    _schema(FOLLOW_UP_LIMIT),
]
Words = Annotated[
    str, Field(max_length=20_000), AfterValidator(_written(BODY_LIMIT)), _schema(BODY_LIMIT)
]
Reason = Annotated[
    str, Field(max_length=10_000), AfterValidator(_written(NOTE_LIMIT)), _schema(NOTE_LIMIT)
]


@dataclass(frozen=True)
class Written:
    """What somebody wrote with a command, and the files sent with it."""

    words: str | None = None
    kind: str | None = None
    secret: bool = False
    rating: int | None = None
    files: tuple[StoredAttachment, ...] = ()

    @property
    def content(self) -> list[Any]:
        """All of it, to be compared with what the same key says another time."""
        files = [(file.original or file).sha256 for file in self.files]
        return [self.words, self.kind, self.secret, self.rating, files]

    async def save(self, session: AsyncSession, command: Command) -> None:
        """Keep it, in the transaction that saves the command; it appears when that is done."""
        if self.words is None and self.rating is None and not self.files:
            return
        actor = command.actor
        session.add(
            Message(
                command_id=command.id,
                number=command.number,
                action=command.action,
                kind=self.kind,
                words=self.words or "",
                secret=self.secret,
                rating=self.rating,
                actor_kind=actor.kind,
                staff_id=actor.staff_id,
                agency_id=actor.agency_id,
                assignee_id=command.assignee_id,
                at=command.at,
            )
        )
        for file in self.files:
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
