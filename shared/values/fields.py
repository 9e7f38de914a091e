"""Types for input where pydantic by itself would accept a wrong value."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, cast

from pydantic import AwareDatetime, BaseModel, BeforeValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function


def _a_day(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        value = _read(date.fromisoformat, value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date_parsing", "A day as YYYY-MM-DD")


def an_instant(value: object) -> datetime:
    """Read a value of `Instant`. Raises `ValueError` for anything else."""
    if isinstance(value, str) and _INSTANT.fullmatch(value.strip()):
        value = _read(datetime.fromisoformat, value)
    elif isinstance(value, str) and _LOCAL.fullmatch(value.strip()):
        raise PydanticCustomError("timezone_aware", "An ISO 8601 time with its zone")
    if isinstance(value, datetime):
        return value
    raise PydanticCustomError("datetime_parsing", "An ISO 8601 time with its zone")


def _read(read: Callable[[str], date], text: str) -> date | None:
    try:
        return read(text.strip().upper())
    except ValueError:  # the 30th of February
        return None


def _a_number(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "A number, not true or false")
    return value


def is_odd_number(text: str, *, whole: bool) -> bool:
    """Whether a text would be read as a number without being written as we write numbers.

    Examples are `8_1`, `+81`, `081`, digits of other scripts, and `81.0` for a `whole` number.
    """
    try:
        float(text)
    except ValueError:
        return False
    return (_WHOLE if whole else _NUMBER).fullmatch(text) is None


def is_too_large(number: int | str) -> bool:
    """Whether this is a whole number that neither our JSON nor the database can hold."""
    if isinstance(number, str):
        if _WHOLE.fullmatch(number) is None:
            return False
        number = int(number) if len(number) <= _DIGITS else _MOST + 1
    return abs(number) > _MOST


def _with_plain_numbers(schema: object) -> object:
    if isinstance(schema, list):
        return [_with_plain_numbers(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if (kind := schema.get("type")) in ("int", "float"):
        check = _a_plain_number if kind == "float" else _a_plain_whole_number
        return no_info_before_validator_function(check, cast(CoreSchema, schema))
    return {name: _with_plain_numbers(part) for name, part in schema.items()}


def _a_plain_number(value: object, *, whole: bool = False) -> object:
    odd_text = isinstance(value, str) and is_odd_number(value, whole=whole)
    if odd_text or isinstance(value, bool):
        raise PydanticCustomError("number_needed", "A number in digits, as 81 or -6.9")
    if isinstance(value, int | str) and is_too_large(value):
        raise PydanticCustomError("number_too_large", "A number of at most 19 digits")
    return value


def _a_plain_whole_number(value: object) -> object:
    return _a_plain_number(value, whole=True)


_MOST = 2**63 - 1
"""The largest whole number that our JSON and the database can hold."""
_DIGITS = 20
"""The most characters of such a number, with its sign."""
_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,18})(\.\d{1,17})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,6})?)?", re.ASCII)
_INSTANT = re.compile(_LOCAL.pattern + r"([Zz]|[+-]\d{2}:?\d{2})", re.ASCII)

Day = Annotated[date, BeforeValidator(_a_day)]
"""A day as `YYYY-MM-DD` only: by itself pydantic reads `20261127`, `0` and `1.5` as seconds since
1970."""
Instant = Annotated[AwareDatetime, BeforeValidator(an_instant)]
"""A time with its zone as ISO 8601 text only, like `2026-11-27T08:15:00+07:00`."""
NotABool = BeforeValidator(_a_number)
"""For numbers: by itself pydantic reads `true` as 1, which may be somebody's id."""


class PlainNumbers(BaseModel):
    """A model of input from outside: its numbers are numbers, or ASCII digits as we write them.

    By itself pydantic reads `true` as 1 and `8_1` as 81, which may be somebody's ids.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return cast(CoreSchema, _with_plain_numbers(handler(source)))
