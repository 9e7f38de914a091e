"""Reads text messages that begin with a report's number, or lack one. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal

from services.intake.sms.courtesies import is_courtesy
from services.intake.sms.messages import GAP
from shared.lifecycle.actions import ObjectionReason
from shared.values.text import normalise

Wish = Literal[
    "say",
    "ask",
    "read",
    "status",
    "code",
    "prove",
    "confirm",
    "satisfied",
    "rate",
    "object",
    "stop",
    "unclear",
]


@dataclass(frozen=True)
class AboutReport:
    """What a message about a report wants.

    `say`: the words are a reply, or the information that was requested. `ask`: read the open
    question. `read`: read what the agency wrote last; `page` is the part of it. `status`: where the
    report is. `code`: request a code that proves the phone; `prove`: enter it. `confirm`: enter the
    code that was sent to confirm a rating or another wish. `object`: request to open the report
    again. `stop`: no more text messages about this report. `unclear`: nothing, or a command with a
    mistake; it is not taken as words.
    """

    number: int
    wish: Wish
    words: str = ""
    code: str = ""
    rating: int | None = None
    solved: bool | None = None
    reason: ObjectionReason | None = None
    page: int = 1

    @property
    def is_digits(self) -> bool:
        """Whether the words have no letters. `KODE 123456` is not meant as the requested
        information."""
        return not any(map(str.isalpha, self.words))


def read_about_report(text: str) -> AboutReport | None:
    """Read a message that begins with a report's number. None: it does not, and is a new report.
    Phone numbers (08…, 628…) are longer or begin with 0; amounts and dates are shorter."""
    text = normalise(text)  # invisible characters before the number are removed
    begins = _NUMBER.match(text)
    if begins is None:
        return None
    number, words = int(begins[1]), text[begins.end() :].strip()
    if GAP in words:  # the missing part may say anything
        return AboutReport(number, "say", words)
    plain = " ".join(_TOKEN.findall(words))
    for wish, pattern in _WISHES:
        if found := pattern.fullmatch(plain):
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
                page=int((named.get("page") or "").lstrip("0")[:3] or 1),
            )
    return AboutReport(number, "unclear" if not words or _is_nearly(words) else "say", words)


def lacks_number(text: str) -> bool:
    """Whether a message that does not begin with a report's number cannot be a new report. It is a
    command (`PUAS`, `PUAS 10000042`), only thanks or a greeting, or has no words."""
    text = normalise(text)
    if GAP in text or not text:
        return False
    words = _NUMBER_WITHIN.sub(" ", text)
    plain = " ".join(_TOKEN.findall(words)).lower()
    if not any(map(str.isalpha, words)) or plain in _SHORT_ANSWERS or is_courtesy(words):
        return True
    return _is_nearly(words) or any(pattern.fullmatch(plain) for _, pattern in _WISHES)


def _is_nearly(words: str) -> bool:
    """Whether the words are a command with a mistake, and so not meant as a reply. They are a
    command word, and no other words than it may have. YA is an answer if it stands alone or with a
    number longer than a code."""
    first, *others = _WORD.findall(words.lower()) or ("",)
    if first == "ya":
        return not others and 0 < sum(map(str.isdigit, words)) < _LONG
    beside = _COMMANDS.get(first)
    return beside is not None and all(get_close_matches(word, beside, 1, 0.8) for word in others)


def _reason(words: str | None) -> ObjectionReason:
    return _REASONS[(words or "").lower()]


_REASONS = {
    "belum selesai": ObjectionReason.NOT_SOLVED,
    "tidak sesuai": ObjectionReason.NOT_AS_SAID,
    "tidak dijawab": ObjectionReason.NOT_ANSWERED,
    "salah arsip": ObjectionReason.WRONGLY_ARCHIVED,
    "": ObjectionReason.OTHER,
}
_WHY = "|".join(filter(None, _REASONS))
_NUMBER = re.compile(r"\s*(?:#\s*|no\.?\s*|nomor\s+)?([1-9][0-9]{7,9})(?![0-9])[\s:;.,#-]*", re.I)
_NUMBER_WITHIN = re.compile(
    r"(?:#|\bno\b\.?|\bnomor\b|\blaporan\b|\s)*(?<![0-9])[1-9][0-9]{7,9}(?![0-9])", re.I
)
_WORD = re.compile(r"[^\W\d_]+")
_LONG: Final = 9
"""A phone or card number has at least this many digits; no code has as many."""
_COMMANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "tanya": (),
    "tanyaan": (),
    "pertanya": (),
    "pertanyaan": (),
    **dict.fromkeys(("baca", "jawab", "jawaban"), ()),
    "kode": (),
    "puas": ("tuntas", "belum"),
    "nilai": ("tuntas", "belum"),
    "buka": ("kembali", *" ".join(_REASONS).split()),
    "berhenti": ("sms",),
    "stop": ("sms",),
    **dict.fromkeys(("status", "info", "cek"), ("laporan",)),
    **dict.fromkeys(("bantuan", "help", "lapor", "laporan"), ()),
    **dict.fromkeys(("batal", "batalkan", "cabut", "hapus"), ("laporan",)),
}
"""The words that may follow each command word. Words without a command that are no reply either
when they stand alone have none."""
_SHORT_ANSWERS: Final = frozenset("ya|iya|ok|oke|baik|siap|tidak|sudah|belum".split("|"))

_TOKEN = re.compile(r"[^\W_]+|(?<=[0-9])[.,/:](?=[0-9])")
_RATING, _SOLVED = r"(?P<rating>[1-5])", r"(?: ?(?P<solved>tuntas|belum)(?: tuntas)?)?"
_WISHES: tuple[tuple[Wish, re.Pattern[str]], ...] = (
    ("ask", re.compile(r"(?:per)?tanya(?:an)?(?: ?(?P<page>[0-9]+))?", re.I)),
    ("read", re.compile(r"baca(?: ?(?P<page>[0-9]+))?", re.I)),
    ("status", re.compile(r"(?:status|info|cek)(?: laporan)?", re.I)),
    ("code", re.compile(r"kode", re.I)),
    ("prove", re.compile(r"(?:kode ?)?(?P<code>[0-9]{3} ?[0-9]{3})", re.I)),
    ("confirm", re.compile(r"ya ?(?P<code>[0-9](?:[ .]*[0-9]){2,5})", re.I)),
    ("confirm", re.compile(r"(?P<code>[0-9]{5}) ?ya", re.I)),
    ("satisfied", re.compile(rf"puas(?: ?{_RATING})?", re.I)),
    ("rate", re.compile(rf"nilai ?{_RATING}{_SOLVED}", re.I)),
    ("object", re.compile(rf"buka(?: kembali)?(?: (?P<reason>{_WHY}))?", re.I)),
    ("stop", re.compile(r"(?:berhenti|stop)(?: sms)?", re.I)),
)
"""Matched against the words without punctuation, separated by single spaces."""
