"""Ids in bodies and addresses of requests, within what the database holds."""

import re
from typing import Annotated, Final

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError, ValidationError

LARGEST_ID: Final = 2**31 - 1
LARGEST_NUMBER: Final = 2**63 - 1
"""The largest number of a report."""


def _or_unknown(code: str) -> WrapValidator:
    """A whole number that no row can have is refused as one that no row has, by this code."""

    def read(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError:
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole or (isinstance(value, str) and _WHOLE.fullmatch(value)):
                raise PydanticCustomError(code, "No row has this id") from None
            raise

    return WrapValidator(read)


_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]

AgencyId = Annotated[_Id, _or_unknown("agency_unknown")]
CategoryId = Annotated[_Id, _or_unknown("category_unknown")]
PersonId = Annotated[_Id, _or_unknown("person_unknown")]
ProgrammeId = Annotated[_Id, _or_unknown("programme_unknown")]
AssigneeId = Annotated[_Id, _or_unknown("assignee_unknown")]
TagId = Annotated[_Id, _or_unknown("tag_not_of_category")]
