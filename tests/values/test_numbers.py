"""A number is a number: nothing else is silently read as one, in no field of any service."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from tests.values.asked import AskedField, asked_fields, holds, is_of_a_body

ODD = [True, False, "8_1", "+81", " 81", "81\n", "081", "٨١", "８１", "1e3", "-6_9", 10**30]
NUMBERS = [
    field
    for field in asked_fields()
    if is_of_a_body(field)
    and holds(field.annotation, int, float)
    and not holds(field.annotation, str)
    and "queue.ordering" not in field.of.__module__  # our own position, sealed
]
OFTEN_SENT = {"agency_id", "agency_ids", "latitude", "longitude", "from_id", "rating", "copies"}


def test_the_fields_are_found() -> None:
    assert {field.name for field in NUMBERS} >= OFTEN_SENT


@pytest.mark.parametrize("field", NUMBERS, ids=str)
def test_what_is_no_number_is_not_read_as_one(field: AskedField) -> None:
    odd = [one for one in ODD if not (isinstance(one, bool) and holds(field.annotation, bool))]
    sent = [*odd, *([one] for one in odd)]
    read = [value for value in sent if field.name not in _wrong(field.of, {field.name: value})]
    assert read == []


def _wrong(model: type[BaseModel], sent: dict[str, Any]) -> set[object]:
    try:
        model.model_validate(sent)
    except ValidationError as error:
        return {wrong["loc"][0] for wrong in error.errors() if wrong["loc"]}
    return set()
