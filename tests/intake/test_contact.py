"""Phone, e-mail and NIK in their normal forms."""

from datetime import date

import pytest

from services.intake.contact import (
    ContactRejected,
    normalise_email,
    normalise_phone,
    parse_reporter_nik,
)

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "raw", ["081234567890", "+62 812-3456-7890", "6281234567890", "(0812) 3456.7890"]
)
def test_one_mobile_number_has_one_form_however_it_is_typed(raw: str) -> None:
    assert normalise_phone(raw) == "+6281234567890"


def test_landlines_and_numbers_abroad_are_taken() -> None:
    assert normalise_phone("(022) 4234793") == "+62224234793"
    assert normalise_phone("+60 12-345 6789") == "+60123456789"


@pytest.mark.parametrize(
    "raw", ["", "1708", "TELKOMSEL", "0812", "08123456789012345", "0812-CALL-ME"]
)
def test_what_cannot_be_called_is_refused(raw: str) -> None:
    with pytest.raises(ContactRejected) as refusal:
        normalise_phone(raw)
    assert refusal.value.code == "phone_invalid"
    assert not raw or raw not in str(refusal.value)


def test_one_mailbox_has_one_form() -> None:
    assert normalise_email(" Siti.Aminah@Contoh.ID ") == "siti.aminah@contoh.id"


@pytest.mark.parametrize("raw", ["", "siti", "siti@", "siti@contoh", "a b@contoh.id", "@contoh.id"])
def test_what_is_no_address_is_refused(raw: str) -> None:
    with pytest.raises(ContactRejected) as refusal:
        normalise_email(raw)
    assert (refusal.value.field, refusal.value.code) == ("email", "email_invalid")


def test_a_nik_tells_region_birth_date_and_gender() -> None:
    man = parse_reporter_nik("3204 0517 0889 0001", today=TODAY)
    assert (man.digits, man.district_code, man.birth_date, man.gender) == (
        "3204051708890001",
        "32.04.05",
        date(1989, 8, 17),
        "L",
    )


def test_womens_days_of_birth_are_forty_more() -> None:
    woman = parse_reporter_nik("3204055708890001", today=TODAY)
    assert (woman.birth_date, woman.gender) == (date(1989, 8, 17), "P")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("320405170889000", "nik_format"),
        ("32040517O8890001", "nik_format"),
        ("2004051708890001", "nik_region"),
        ("3200051708890001", "nik_region"),
        ("3204053202890001", "nik_birth_date"),
        ("3204057202890001", "nik_birth_date"),
        ("3204053002890001", "nik_birth_date"),
        ("3204051708890000", "nik_serial"),
    ],
)
def test_a_number_that_cannot_be_a_nik_is_refused_with_the_reason(raw: str, code: str) -> None:
    with pytest.raises(ContactRejected) as refusal:
        parse_reporter_nik(raw, today=TODAY)
    assert refusal.value.code == code
    assert raw not in str(refusal.value)
