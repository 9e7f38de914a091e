"""What was pasted along and nobody sees is no part of words, numbers, addresses and codes."""

from collections.abc import Callable
from datetime import date

import pytest

from services.intake.accepting.access_code import same_code
from services.intake.contact import normalise_email, normalise_phone, parse_reporter_nik
from shared.values.report_numbers import number_in
from shared.values.text import normalise_body, normalise_title

NIK = "3204050101900001"
MARKS = {
    "NUL": "\x00",
    "C0": "\x1b",
    "DEL": "\x7f",
    "C1": "\x9b",
    "zero width": "\u200b",
    "byte order": "\ufeff",
    "override": "\u202e",
    "isolate": "\u2066",
    "soft hyphen": "\u00ad",
    "word joiner": "\u2060",
}


def _nik(raw: str) -> str:
    return parse_reporter_nik(raw, today=date(2026, 12, 1)).digits


def _number(raw: str) -> str:
    typed = number_in(raw)
    return str(typed.number if typed else None)


def _code(raw: str) -> str:
    return "ABCD2345" if same_code(raw, "ABCD2345") else "wrong"


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
@pytest.mark.parametrize(
    ("read", "typed"),
    [
        (normalise_title, "Jalan rusak"),
        (normalise_body, "Jalan rusak"),
        (normalise_phone, "+6281234567890"),
        (normalise_email, "siti@contoh.id"),
        (_nik, NIK),
        (_number, "10000042"),
        (_code, "ABCD2345"),
    ],
    ids=["title", "body", "phone", "email", "nik", "number", "code"],
)
def test_what_nobody_sees_is_no_part_of_what_was_typed(
    read: Callable[[str], str], typed: str, mark: str
) -> None:
    assert read(f"{mark}{typed[:4]}{mark}{typed[4:]}{mark}") == typed
