"""What staff write with a command: its form, and where it is kept."""

import re
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.models import Note
from shared.http.tokens import Staff
from shared.lifecycle.commands import Command

NOTE_LIMIT = 1_000
TITLE_LIMIT = 150
BODY_LIMIT = 3_000


class Form(BaseModel):
    """What is sent with a command: fields it does not know are refused."""

    model_config = ConfigDict(extra="forbid")


def clean(value: object) -> object:
    """Unicode NFC, plain line ends, nothing invisible but zero-width joiners, no white space
    around. What is not text is left for the type to refuse."""
    if not isinstance(value, str):
        return value
    lines = _LINE_ENDS.sub("\n", value).replace("\t", " ")
    return unicodedata.normalize("NFC", "".join(filter(_is_kept, lines))).strip()


def _clean_line(value: object) -> object:
    cleaned = clean(value)
    return " ".join(cleaned.split()) if isinstance(cleaned, str) else cleaned


def _is_kept(character: str) -> bool:
    if character in "\n\u200c\u200d":
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


_LINE_ENDS = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")

Words = Annotated[
    str, StringConstraints(min_length=1, max_length=NOTE_LIMIT), BeforeValidator(clean)
]
"""A note or a reason."""
Title = Annotated[
    str, StringConstraints(min_length=1, max_length=TITLE_LIMIT), BeforeValidator(_clean_line)
]
Body = Annotated[
    str, StringConstraints(min_length=1, max_length=BODY_LIMIT), BeforeValidator(clean)
]
PlaceWords = Annotated[
    str, StringConstraints(min_length=1, max_length=300), BeforeValidator(_clean_line)
]


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
