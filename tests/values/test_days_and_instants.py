"""A day or an instant is what is written as one; no number becomes a day of 1970."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.intake.report_form import ReportForm
from shared.values.fields import Day, Instant, NotABool
from tests.values.asked import AskedField, asked_fields, is_of_time

NO_TIME: list[object] = [
    *("20261127", "2026", "0", "-1", "1.5", "1e3", "99999999999", "", " ", "2026-11", "now"),
    *("27-11-2026", "27/11/2026", "2026-W48-5", "2026-331", "2026-02-30", "2026-11-27T08"),
    *("\u0662\u0660\u0662\u0666-\u0661\u0661-\u0662\u0667", "2026-11-27Z", "+2026-11-27"),
    *(0, -1, 1.5, 20261127, True, False, [], {}, b"2026"),
]
FIELDS = [field for field in asked_fields() if is_of_time(field)]


def test_fields_of_time_are_found_where_they_are() -> None:
    named = {str(field) for field in FIELDS}
    expected = {
        "ManualForm.happened_at",
        "PartnerReport.happened_at",
        "ReportForm.happened_at",
        "Selection.submitted_from",
        "QueueQuery.due_before",
        "NamedDay.day",
        "SmsMessage.received_at",
    }
    assert expected <= named, sorted(named)


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_what_is_no_time_is_refused_wherever_one_is_asked(field: AskedField) -> None:
    assert [value for value in NO_TIME if _is_taken(field, value)] == []


def _is_taken(field: AskedField, value: object) -> bool:
    try:
        # A form's field that was left open is none, where it may be.
        return not (field.take(value) is None and value in ("", " "))
    except ValidationError:
        return False


@pytest.mark.parametrize("value", ["2026-11-27", " 2026-11-27 "])
def test_a_day_is_taken(value: str) -> None:
    assert TypeAdapter(Day).validate_python(value).isoformat() == "2026-11-27"
    assert TypeAdapter(Day).validate_json(f'"{value}"', strict=True).isoformat() == "2026-11-27"


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-27T08:15:00+07:00",
        "2026-11-27T01:15:00Z",
        "2026-11-27t01:15z",
        "2026-11-27 08:15:00.000+0700",
    ],
)
def test_an_instant_with_its_zone_is_taken(value: str) -> None:
    taken = TypeAdapter(Instant).validate_python(value)
    assert taken.timestamp() == 1795742100
    assert TypeAdapter(Instant).validate_json(f'"{value}"', strict=True) == taken


def test_an_instant_without_its_zone_is_told_so() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Instant).validate_python("2026-11-27T08:15:00")
    assert refused.value.errors()[0]["type"] == "timezone_aware"


@pytest.mark.parametrize("name", ["addressee", "category", "latitude", "longitude"])
@pytest.mark.parametrize("value", [True, False])
def test_true_is_no_number_of_an_agency_and_no_place(name: str, value: bool) -> None:
    [field] = [f for f in asked_fields() if str(f) == f"ReportForm.{name}" and f.of is ReportForm]
    with pytest.raises(ValidationError):
        field.take(value)


def test_a_number_that_may_not_be_true_takes_numbers() -> None:
    from typing import Annotated

    assert TypeAdapter(Annotated[int, NotABool]).validate_python(1) == 1
