"""What is blank to the eye is empty, wherever words are asked."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.routing.imports.checks import Known, check_rows
from services.routing.imports.workbook import AGENCIES, PEOPLE, read_rows
from shared.http.tokens import Staff
from shared.values.text import TextRejected, derive_title, is_visible, normalise, normalise_title
from shared.values.words import Name
from tests.values.asked import AskedField, asked_fields, holds, is_of_a_body

BLANK = [
    "",
    " \t\r\n",
    "\u3164",  # Hangul filler: a letter by its category
    "\u115f\u1160",
    "\uffa0 \uffa0",
    "\u2800\u2800",  # blank braille
    "\u200d",
    "\u200c\u200b\ufeff",
    "\ufe0f",
    "\u034f",
    "\u0301",  # an accent on nothing
    "\u20dd",
    "\ue000\uf8ff",  # private use
    "\U000f0000",
    "\U000e0061\U000e007f",  # tags
    "\u202e\u2066",
    "\u00ad",
    "\u180e\u2060",
    "\ufffc",
    "\u0378",  # not assigned
    "\u00a0\u2003\u3000",
    "\x00\x7f",
    " \u3164\u200d\n\ufe0f ",
]
VISIBLE = [
    "a",
    "1",
    ".",
    "-",
    "?",
    "ä",
    "e\u0301",
    "👍",
    "👨\u200d👩\u200d👧",
    "1\ufe0f\u20e3",
    "Rp",
    "字",
    "ꦲ",
]

NOT_WORDS = {
    *("password", "current_password", "present", "q", "token", "refresh_token", "access_code"),
    *("recovery_token", "report_token", "proof_token", "request_token"),
    *("code", "contact", "username", "url", "cursor", "system", "id", "external_id"),
    *("region_code", "addressee", "category"),
}
"""Secrets, keys, codes and ids: compared as they are, shown to nobody as words."""
PARTS = {"SmsMessage.text"}
"""A part of a message may be blank; the whole may not."""
WORDS = [
    field
    for field in asked_fields()
    if holds(field.annotation, str) and field.name not in NOT_WORDS and is_of_a_body(field)
    if str(field) not in PARTS
]


def test_fields_of_words_are_found_where_they_are() -> None:
    named = {str(field) for field in WORDS}
    expected = {"ReportForm.title", "ReportForm.body", "ReporterForm.name", "NewAgency.name"}
    expected |= {"NewPerson.name", "NewCategory.name", "PartnerReport.place"}
    assert expected <= named, sorted(named)


@pytest.mark.parametrize("field", WORDS, ids=str)
def test_no_field_takes_what_nobody_can_see(field: AskedField) -> None:
    for blank in BLANK:
        try:
            taken = field.take(blank)
        except ValidationError:
            continue
        assert taken in (None, "", [], {}), (str(field), blank)


@pytest.mark.parametrize("blank", BLANK, ids=ascii)
def test_a_text_of_nothing_visible_is_empty(blank: str) -> None:
    assert not is_visible(blank)
    assert normalise(blank) == ""
    with pytest.raises(TextRejected):
        normalise_title(blank)
    with pytest.raises(TextRejected):
        derive_title(blank)


@pytest.mark.parametrize("text", VISIBLE, ids=ascii)
def test_whatever_has_ink_is_taken(text: str) -> None:
    assert is_visible(text)
    assert normalise(normalise(f" {text}\u202e ")) == normalise(text) != ""


@pytest.mark.parametrize("blank", BLANK[2:], ids=ascii)
def test_a_name_in_a_spreadsheet_that_nobody_can_see_is_missing(blank: str) -> None:
    if "\x00" in blank:
        return  # no spreadsheet can hold it
    rows = read_rows(_book([["dinas-a", blank, "Unit Kerja", "jabar", "WIB"]]))
    assert [row.fields["name"] for row in rows] == [""]


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#n/a"]
)
def test_a_formula_that_failed_is_no_name(error: str) -> None:
    [row] = read_rows(_book([["dinas-a", f" {error} ", "Unit Kerja", "jabar", "WIB"]]))
    assert row.faults == {"name": "formula_failed"}


def test_a_name_is_taken_without_what_turns_it_around() -> None:
    [row] = read_rows(_book([["dinas-a", "Budi\u202egpj", "Unit Kerja", "jabar", "WIB"]]))
    assert (row.fields["name"], row.faults) == ("Budigpj", {})


def _book(agencies: list[list[str]]) -> bytes:
    from io import BytesIO

    from openpyxl import load_workbook

    from services.routing.imports.workbook import template

    book = load_workbook(BytesIO(template()))
    assert book.sheetnames == [AGENCIES, PEOPLE]
    for row in agencies:
        book[AGENCIES].append(row)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "text", ["#N/A", "#ref!", "-", "--", "...", "???", "\ufffd", "Din\ufffds PU"]
)
def test_what_a_program_leaves_for_nothing_is_no_name(text: str) -> None:
    with pytest.raises(ValidationError, match="Not a name"):
        TypeAdapter(Name).validate_python(text)
    [row] = read_rows(_book([["dinas-a", text, "Unit Kerja", "jabar", "WIB"]]))
    known = Known({"jabar": (1, 2)}, frozenset(), frozenset())
    admin = Staff(id=1, role="agency_admin", agency_id=2, agency_path=(1, 2))
    assert [fault.field for fault in check_rows([row], known, admin).faults] == ["name"]


@pytest.mark.parametrize("text", ["Dinas PU", "112", "Kab. #1", "Ñandú", "環境局"])
def test_names_of_any_script_are_taken(text: str) -> None:
    assert TypeAdapter(Name).validate_python(f" {text} ") == text
