"""Forms, and the types of the words in them, with the limits of `shared.values.text`."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.values.fields import PlainNumbers
from shared.values.text import (
    BODY_LIMIT,
    FOLLOW_UP_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    PLACE_LIMIT,
    TITLE_LIMIT,
    TextRejected,
    is_a_name,
    normalise,
    normalise_body,
    normalise_title,
    on_one_line,
    within,
)


class Form(PlainNumbers):
    """A form from people or programs: unknown fields are refused, and errors do not repeat the
    input."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @property
    def words(self) -> str | None:
        """The words that somebody wrote for others, from the field of `WORDS_FIELDS` that the form
        has."""
        return next((getattr(self, name) for name in WORDS_FIELDS if hasattr(self, name)), None)


WORDS_FIELDS: Final = ("text", "note", "reason")


def _written(normalised: Callable[[str], str]) -> Any:
    """A text in the form that `normalised` returns; it refuses a text with `TextRejected`."""

    def read(raw: str) -> str:
        try:
            return normalised(raw)
        except TextRejected as error:
            raise PydanticCustomError(
                f"text_{error.code}",
                "{length} characters, at most {limit}",
                {"length": error.length, "limit": error.limit},
            ) from None

    return AfterValidator(read)


def _text(limit: int) -> Any:
    return _written(lambda raw: within(normalise(raw), limit))


def _line(limit: int) -> Any:
    return _written(lambda raw: within(on_one_line(normalise(raw)), limit))


def _schema(limit: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": limit})


def _name(text: str) -> str:
    if not is_a_name(text):
        raise PydanticCustomError("not_a_name", "Not a name")
    return text


# A text that is far too long is refused before it is read through.
Title = Annotated[str, Field(max_length=2_000), _written(normalise_title), _schema(TITLE_LIMIT)]
Body = Annotated[str, Field(max_length=20_000), _written(normalise_body), _schema(BODY_LIMIT)]
"""The text of a report, and what its reporter adds or replies."""
FollowUpText = Annotated[
    str, Field(max_length=30_000), _text(FOLLOW_UP_LIMIT), _schema(FOLLOW_UP_LIMIT)
]
NoteText = Annotated[str, Field(max_length=10_000), _text(NOTE_LIMIT), _schema(NOTE_LIMIT)]
"""A note, a reason, a comment."""
PlaceText = Annotated[str, Field(max_length=5_000), _line(PLACE_LIMIT), _schema(PLACE_LIMIT)]
"""The place of something, in words."""
Name = Annotated[
    str, Field(max_length=3_000), _line(NAME_LIMIT), AfterValidator(_name), _schema(NAME_LIMIT)
]
"""The name of an agency, a person or something in a list."""
