"""Checks and normalises a reporter's phone, e-mail and NIK."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.values import emails, phones
from shared.values.lokal_id import parse_nik
from shared.values.text import without_invisible

ContactField = Literal["phone", "email", "nik"]
ContactProblem = Literal[
    "phone_invalid",
    "phone_ambiguous",
    "email_invalid",
    "nik_format",
    "nik_region",
    "nik_birth_date",
    "nik_serial",
]


class ContactRejected(ValueError):
    """An invalid contact. The message never repeats what was typed, as it may be logged."""

    def __init__(self, field: ContactField, code: ContactProblem) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Nik:
    """A well-formed population number; only Dukcapil knows whether it was ever issued."""

    digits: str
    province_code: str
    regency_code: str
    district_code: str
    birth_date: date
    gender: Literal["L", "P"]


def normalise_phone(raw: str) -> str:
    """Normalise a phone number, as `shared.values.phones` does. Raises `ContactRejected`."""
    try:
        return phones.normalise_phone(raw)
    except phones.PhoneRejected as error:
        raise ContactRejected("phone", error.code) from None


def normalise_email(raw: str) -> str:
    """Normalise an e-mail address, as `shared.values.emails` does. Raises `ContactRejected`."""
    try:
        return emails.normalise_email(raw)
    except ValueError:
        raise ContactRejected("email", "email_invalid") from None


def parse_reporter_nik(raw: str, *, today: date) -> Nik:
    """Read the parts of a NIK: 16 digits, a known province, a real birth date (women's day + 40).

    Spaces, dots and dashes are ignored. Districts are not looked up: a NIK keeps the codes of the
    day it was issued, and regions split. Raises `ContactRejected`.
    """
    info = parse_nik(without_invisible(raw).strip(), reference_date=today)
    for issue in info.errors:
        raise ContactRejected("nik", _NIK_PROBLEMS[issue.code])
    if not (
        info.nik
        and info.province_code
        and info.regency_code
        and info.district_code
        and info.birth_date
        and info.gender
    ):
        raise ContactRejected("nik", "nik_format")
    return Nik(
        digits=info.nik,
        province_code=info.province_code,
        regency_code=info.regency_code,
        district_code=info.district_code,
        birth_date=date.fromisoformat(info.birth_date),
        gender=info.gender,
    )


_NIK_PROBLEMS: dict[str, ContactProblem] = {
    "format": "nik_format",
    "province": "nik_region",
    "wilayah": "nik_region",
    "birth_date": "nik_birth_date",
    "serial": "nik_serial",
}
