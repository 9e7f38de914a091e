"""The reasons why a partner's message is not accepted, as its receipt gives them."""

import re
from collections.abc import Iterable
from typing import Self

from pydantic import ValidationError

from shared.bus.errors import BadMessage
from shared.http.messages import field_message, words_for
from shared.http.problems import FieldError, Problem
from shared.partners.receipts import ReceiptProblem


class Unacceptable(BadMessage):
    """A message that can be read but not accepted, with all that is wrong with it."""

    def __init__(self, problems: tuple[ReceiptProblem, ...]) -> None:
        first = problems[0]
        super().__init__(first.code, first.message, first.field)
        self.problems = problems

    @classmethod
    def by_validation(cls, error: ValidationError) -> Self:
        """The errors that a form found, without the values."""
        by_field: dict[str, ReceiptProblem] = {}
        for e in error.errors(include_url=False, include_input=False):
            field = _path(e["loc"])
            # Each way to read a value complains: the first is enough.
            by_field.setdefault(field, _problem(field, e["type"], e.get("ctx") or {}, e["msg"]))
        return cls(tuple(by_field.values()))

    @classmethod
    def by_fields(cls, errors: Iterable[FieldError]) -> Self:
        """The values that the directory does not know."""
        return cls(tuple(_problem(_path((e.field,)), e.code, e.params, e.fallback) for e in errors))


def problems_of(bad: BadMessage) -> tuple[ReceiptProblem, ...]:
    """The problems for the receipt of a message that was given up."""
    if isinstance(bad, Unacceptable):
        return bad.problems
    message = words_for(bad.code, "id", {}).detail
    return (ReceiptProblem(field=bad.field, code=bad.code, message=message),)


def problems_of_refusal(problem: Problem) -> tuple[ReceiptProblem, ...]:
    """The problems for the receipt of a command that was refused."""
    if problem.errors:
        return Unacceptable.by_fields(problem.errors).problems
    detail = words_for(problem.code, "id", problem.params).detail
    return (ReceiptProblem(field=None, code=problem.code, message=detail),)


# The sender may have swapped the name and the value of a field that we do not know.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")


_READINGS = {"date", "datetime"}
"""Parts that pydantic adds to the path of a value that may be read in more than one way."""


def _path(loc: Iterable[int | str]) -> str:
    parts = [part for name in loc for part in str(name).split(".") if part not in _READINGS]
    return ".".join(["data", *(part if _PLAIN.fullmatch(part) else "?" for part in parts)])


def _problem(field: str, code: str, params: object, fallback: str) -> ReceiptProblem:
    values = params if isinstance(params, dict) else {}
    return ReceiptProblem(
        field=field, code=code, message=field_message(code, "id", values, fallback)
    )
