"""What a text message says that begins with a report's number. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from shared.lifecycle.actions import ObjectionReason

Wish = Literal[
    "say", "ask", "code", "prove", "confirm", "satisfied", "rate", "object", "stop", "unclear"
]


@dataclass(frozen=True)
class AboutReport:
    """`say`: the words are a reply, or what was asked for. `ask` wants to read the question that
    waits, from the part of it that `page` names. `code` asks for a code that proves the
    phone, and `prove` shows it; `confirm` shows the one that a rating asked for. `object` asks to
    have the report opened again. `stop`: no text messages about this report any more."""

    number: int
    wish: Wish
    words: str = ""
    code: str = ""
    rating: int | None = None
    solved: bool | None = None
    reason: ObjectionReason | None = None
    page: int = 1


def read_about_report(text: str) -> AboutReport | None:
    """None where a message begins with no number of a report: it is a new one. A number of a phone
    (08…, 628…) is longer, or begins with 0; amounts and dates are shorter."""
    begins = _NUMBER.match(text)
    if begins is None:
        return None
    number, words = int(begins[1]), text[begins.end() :].strip()
    for wish, pattern in _WISHES:
        if found := pattern.fullmatch(words):
            named = found.groupdict()
            solved = {"tuntas": True, "belum": False}.get((named.get("solved") or "").lower())
            return AboutReport(
                number,
                wish,
                words,
                code="".join(filter(str.isdigit, named.get("code") or "")),
                rating=int(named["rating"]) if named.get("rating") else None,
                solved=solved,
                reason=_reason(named.get("reason")) if wish == "object" else None,
                page=int(named.get("page") or 1),
            )
    return AboutReport(number, "say" if words else "unclear", words)


def _reason(words: str | None) -> ObjectionReason:
    return _REASONS[" ".join((words or "").lower().split())]


_REASONS = {
    "belum selesai": ObjectionReason.NOT_SOLVED,
    "tidak sesuai": ObjectionReason.NOT_AS_SAID,
    "tidak dijawab": ObjectionReason.NOT_ANSWERED,
    "salah arsip": ObjectionReason.WRONGLY_ARCHIVED,
    "": ObjectionReason.OTHER,
}
_WHY = "|".join(words.replace(" ", r"\s+") for words in _REASONS if words)
_NUMBER = re.compile(r"\s*(?:#|no\.?\s*|nomor\s+)?([1-9][0-9]{7,9})(?![0-9])[\s:;.,#-]*", re.I)
_RATING, _SOLVED = r"(?P<rating>[1-5])", r"(?:\s+(?P<solved>tuntas|belum)(?:\s+tuntas)?)?"
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = (
    ("ask", re.compile(r"(?:per)?tanya(?:an)?(?:\s+(?P<page>[1-9]))?[.!?]*", re.I)),
    ("code", re.compile(r"kode[.!]*", re.I)),
    ("prove", re.compile(r"(?P<code>[0-9]{3}[ -]?[0-9]{3})[.!]*")),
    ("confirm", re.compile(r"ya\s+(?P<code>[0-9]{3,6})[.!]*", re.I)),
    ("satisfied", re.compile(rf"puas(?:\s+{_RATING})?[.!]*", re.I)),
    ("rate", re.compile(rf"nilai\s+{_RATING}{_SOLVED}[.!]*", re.I)),
    ("object", re.compile(rf"buka(?:\s+kembali)?(?:[\s:,]+(?P<reason>{_WHY}))?[.!]*", re.I)),
    ("stop", re.compile(r"(?:berhenti|stop)[.!]*", re.I)),
)
