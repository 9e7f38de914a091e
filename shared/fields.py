"""Types for what people and programs send, where pydantic would take a wrong value for another."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError


def _a_day(given: object) -> object:
    if isinstance(given, str) and _DAY.fullmatch(given.strip()):
        given = _read(date.fromisoformat, given)
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    raise PydanticCustomError("date_parsing", "A day as YYYY-MM-DD")


def an_instant(given: object) -> datetime:
    """Reads what `Instant` takes. Raises ValueError for anything else."""
    if isinstance(given, str) and _INSTANT.fullmatch(given.strip()):
        given = _read(datetime.fromisoformat, given)
    elif isinstance(given, str) and _LOCAL.fullmatch(given.strip()):
        raise PydanticCustomError("timezone_aware", "An ISO 8601 time with its zone")
    if isinstance(given, datetime):
        return given
    raise PydanticCustomError("datetime_parsing", "An ISO 8601 time with its zone")


def _read(read: Callable[[str], date], text: str) -> date | None:
    try:
        return read(text.strip().upper())
    except ValueError:  # the 30th of February
        return None


def _a_number(given: object) -> object:
    if isinstance(given, bool):
        raise PydanticCustomError("int_type", "A number, not true or false")
    return given


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?", re.ASCII)
_INSTANT = re.compile(_LOCAL.pattern + r"([Zz]|[+-]\d{2}:?\d{2})", re.ASCII)

Day = Annotated[date, BeforeValidator(_a_day)]
"""A day as `YYYY-MM-DD`, and nothing else: left to itself pydantic reads `20261127`, `0` and `1.5`
as seconds since 1970."""
Instant = Annotated[AwareDatetime, BeforeValidator(an_instant)]
"""A time with its zone as ISO 8601 text, `2026-11-27T08:15:00+07:00`, and nothing else."""
NotABool = BeforeValidator(_a_number)
"""For numbers: left to itself pydantic reads `true` as 1, which may be somebody's id."""
