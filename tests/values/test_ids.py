"""An id too large for any row is that of nobody, in every field that takes one."""

import pytest
from pydantic import BaseModel, ValidationError

from shared.values.fields import PlainNumbers
from shared.values.ids import LARGEST_ID, AgencyId
from tests.values.asked import AskedField, asked_fields, holds

LARGE = [LARGEST_ID + 1, 2**40, 2**63, 10**30, "9" * 25]
OF_ROWS = {"agency", "category", "assignee", "copies", "below", "parent", "addressee"}
IDS = [
    field
    for field in asked_fields()
    if holds(field.annotation, int)
    and (field.name in OF_ROWS or field.name.endswith(("_id", "_ids")))
    and not holds(field.annotation, bool)
    and field.name != "item_id"  # of a bell, which may grow larger
]


class Body(PlainNumbers):
    agency: AgencyId | None = None


def test_the_fields_are_found() -> None:
    found = {field.name for field in IDS}
    assert found >= {"agency_id", "agency_ids", "category", "tag_ids", "from_id", "addressee"}


@pytest.mark.parametrize("field", IDS, ids=str)
def test_no_field_of_ids_takes_one_that_the_database_cannot_hold(field: AskedField) -> None:
    taken = []
    for value in LARGE if not holds(field.annotation, str) else LARGE[:-1]:
        for sent in (value, [value]):
            try:
                taken.append(field.take(sent))
            except ValidationError:
                continue
    assert taken == []


@pytest.mark.parametrize("value", [*LARGE, 0, -1])
def test_such_an_id_is_refused_as_one_that_no_agency_has(value: object) -> None:
    assert _code(Body, value) == "agency_unknown"
    assert Body.model_validate({"agency": LARGEST_ID}).agency == LARGEST_ID


@pytest.mark.parametrize("value", ["x", "081", "8_1", 1.5, True, [1]])
def test_what_is_no_number_is_not_called_unknown(value: object) -> None:
    assert _code(Body, value) in {"number_needed", "int_parsing", "int_from_float", "int_type"}


def test_a_number_too_large_is_not_called_no_number() -> None:
    class Counted(PlainNumbers):
        agency: int

    for value in (2**63, "9" * 20, -(10**30)):
        assert _code(Counted, value) == "number_too_large"
    assert _code(Counted, "9" * 5000) == "number_too_large"


def _code(model: type[BaseModel], value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({"agency": value})
    [error] = refused.value.errors()
    return str(error["type"])
