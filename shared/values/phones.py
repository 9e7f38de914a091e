"""Phone numbers in one form that is never another subscriber's."""

import re
import unicodedata
from typing import Final, Literal

import phonenumbers
from phonenumbers import PhoneNumberType

from shared.values.text import without_invisible

PhoneProblem = Literal["phone_invalid", "phone_ambiguous"]

_MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_WRITTEN: Final = re.compile(r"\+?[0-9 ().\-]+")
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


class PhoneRejected(ValueError):
    """This is no number, or could be two people's. The message never repeats what was typed."""

    def __init__(self, code: PhoneProblem) -> None:
        super().__init__(code)
        self.code = code


def normalise_phone(raw: str) -> str:
    """The number in E.164 (`+6281234567890`).

    With `+` the number is read as it stands. `00` is an international prefix, a single 0 begins an
    Indonesian number, and 62 in front is the country code. Without any of these only an Indonesian
    mobile number is accepted (`85211234567`), and only if the digits are not a number of another
    country. Raises `PhoneRejected`: `phone_ambiguous` if another country's number could be meant,
    `phone_invalid` for letters, extensions, short codes and impossible numbers.
    """
    text = unicodedata.normalize("NFKC", without_invisible(raw)).translate(_DASHES).strip()
    plus = text.lstrip("( ").startswith("+")
    if not _WRITTEN.fullmatch(text.replace("(+", "+(", 1)):
        raise PhoneRejected("phone_invalid")
    digits = "".join(c for c in text if c.isdigit())
    possible = {number for candidate in _candidates(digits, plus) if (number := _valid(candidate))}
    if not possible:
        raise PhoneRejected("phone_invalid")
    [number, *others] = possible
    if others or (not plus and digits[0] != "0" and not number.startswith("+62")):
        raise PhoneRejected("phone_ambiguous")
    return number


def _candidates(digits: str, plus: bool) -> list[str]:
    """The possible meanings of the digits, each with its country code."""
    if plus:
        return [digits]
    if digits.startswith("00"):
        # 00 as everywhere, or 001, 007, 008 as Indonesian operators have it.
        return [digits[2:], *([digits[3:]] if digits[2:3] in {"1", "7", "8"} else [])]
    if digits.startswith("0"):
        return ["62" + digits[1:]]
    if digits.startswith("62"):
        return [digits]
    return [digits, *(["62" + digits] if _is_mobile("62" + digits) else [])]


def _valid(digits: str) -> str | None:
    number = _parsed(digits)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_mobile(digits: str) -> bool:
    number = _parsed(digits)
    return number is not None and phonenumbers.number_type(number) in _MOBILE


def _parsed(digits: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
