"""What staff write with a command: its form, and where it is kept."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import Note
from shared.http.tokens import Staff
from shared.lifecycle.commands import Command
from shared.text import (
    BODY_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    PLACE_LIMIT,
    TITLE_LIMIT,
    is_a_name,
    normalise,
)


class Form(BaseModel):
    """What is sent with a command: fields it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


def _normalised(value: object) -> object:
    """What is not text is left for the type to refuse."""
    return normalise(value) if isinstance(value, str) else value


def _on_one_line(value: object) -> object:
    return " ".join(normalise(value).split()) if isinstance(value, str) else value


def _a_name(text: str) -> str:
    if not is_a_name(text):
        raise PydanticCustomError("not_a_name", "Not a name")
    return text


Words = Annotated[
    str, StringConstraints(min_length=1, max_length=NOTE_LIMIT), BeforeValidator(_normalised)
]
"""A note or a reason."""
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=TITLE_LIMIT), BeforeValidator(_on_one_line)
]
Body = Annotated[
    str, StringConstraints(min_length=1, max_length=BODY_LIMIT), BeforeValidator(_normalised)
]
PlaceWords = Annotated[
    str, StringConstraints(min_length=1, max_length=PLACE_LIMIT), BeforeValidator(_on_one_line)
]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=NAME_LIMIT),
    BeforeValidator(_on_one_line),
    AfterValidator(_a_name),
]
"""What an agency, a person or something in a list is called."""


def note(staff: Staff, words: str | None) -> Callable[[AsyncSession, Command], Awaitable[None]]:
    """Saves the words of a command, if there are any, in its transaction."""

    async def write(session: AsyncSession, command: Command) -> None:
        if words is not None:
            session.add(
                Note(
                    command_id=command.id,
                    number=command.number,
                    action=command.action,
                    words=words,
                    staff_id=staff.id,
                    at=command.at,
                )
            )

    return write
