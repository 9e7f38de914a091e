"""Brings texts of people into one form: normalised, within the limits, never cut silently."""

import re
import unicodedata
from typing import Literal

# Characters after normalisation: of each kind of words the same limit in every service and form.
BODY_LIMIT = 3_000
"""A report's text, and what its reporter adds or replies."""
TITLE_LIMIT = 255
"""A report's title."""
DERIVED_TITLE_LIMIT = 150
"""A title made from the text, which should be read at a glance."""
PLACE_LIMIT = 500
"""The place of something, in words."""
FOLLOW_UP_LIMIT = 5_000
"""An agency's follow-up."""
NOTE_LIMIT = 1_000
"""A note, a reason, a comment."""
NAME_LIMIT = 300
"""The name of something in a list: an agency, a member of staff, a category, a tag, a programme."""
TEMPLATE_LIMIT = 4_000
TEMPLATE_NAME_LIMIT = 80
"""An agency's template of an answer."""
ALIAS_LIMIT = 80
"""Another name of an agency: *PUPR*, *Pemprov DKI*."""
REPORTER_NAME_LIMIT = 100
PHONE_LIMIT = 40
"""A phone number as people write it, with spaces and signs."""
EMAIL_LIMIT = 254
NIK_LIMIT = 30
"""A NIK as people write it; it has 16 digits."""
PASSWORD_LIMIT = 200
USERNAME_LIMIT = 100
"""A user name as somebody types it to sign in."""
ONE_TIME_CODE_LIMIT = 40
"""A code of the second factor, or a recovery code, with spaces."""
ACCESS_CODE_LIMIT = 50
"""A report's access code as people write it."""
SEARCH_LIMIT = 200
"""Words for a search in reports."""
NUMBERS_LIMIT = 2_000
"""A search for report numbers only: some two hundred."""
NAME_SEARCH_LIMIT = 100
"""Words for a search in names, or a code."""
POST_LIMIT = 300
"""The address or id of a post."""
WEBHOOK_ADDRESS_LIMIT = 2_000

TextProblem = Literal["empty", "too_long"]


class TextRejected(ValueError):
    """A text is not accepted: `code` says why, `length` and `limit` count characters."""

    def __init__(self, code: TextProblem, *, length: int, limit: int) -> None:
        super().__init__(f"{code}: {length} characters, at most {limit}")
        self.code = code
        self.length = length
        self.limit = limit


def folded(words: str) -> list[str]:
    """The words in small letters without accents, for searching names."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", words.casefold())
        if not unicodedata.combining(letter)
    )
    return "".join(c if c.isascii() and c.isalnum() else " " for c in plain).split()


def normalise_body(raw: str) -> str:
    """The text of a report, normalised, of 1 to 3,000 characters. Raises `TextRejected`."""
    return within(normalise(raw), BODY_LIMIT)


def normalise_title(raw: str) -> str:
    """The title of a report on one line, of 1 to 255 characters. Raises `TextRejected`."""
    return within(on_one_line(normalise(raw)), TITLE_LIMIT)


def derive_title(body: str) -> str:
    """A title from the first words of a text without one (SMS, a post).

    It ends with the first sentence if that is short enough, otherwise between two words with an
    ellipsis. Raises `TextRejected` if the text is empty.
    """
    text = on_one_line(normalise(body))
    if not text:
        raise TextRejected("empty", length=0, limit=DERIVED_TITLE_LIMIT)
    sentence = next((text[: end.end()] for end in _SENTENCE_END.finditer(text)), None)
    if sentence and len(sentence) <= DERIVED_TITLE_LIMIT:
        return sentence.rstrip(".")
    if len(text) <= DERIVED_TITLE_LIMIT:
        return text
    cut = text[:DERIVED_TITLE_LIMIT]
    return (cut[: cut.rfind(" ")] if " " in cut else cut[:-1]).rstrip(" ,;:") + "…"


def normalise(raw: str) -> str:
    """Unicode NFC, `\\n` line ends, no control or invisible steering characters, no trailing white
    space, at most two blank lines in a row; empty where there is nothing to be seen. Normalising
    twice changes nothing."""
    text = _LINE_ENDS.sub("\n", raw).replace("\t", " ")
    if not _PLAIN.fullmatch(text):
        dropped = {ord(c): None for c in set(text) if not _is_kept(c)}
        text = unicodedata.normalize("NFC", text.translate(dropped))
    if not is_visible(text):
        return ""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _MANY_BLANK_LINES.sub("\n\n\n", lines).strip()


def without_invisible(raw: str) -> str:
    """A number, address or code without the invisible characters that come with pasting.

    These are the characters that `normalise` drops, and joiners. Tabs and line ends become spaces.
    """
    text = _LINE_ENDS.sub(" ", raw).replace("\t", " ")
    return "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)


def is_visible(text: str) -> bool:
    """Whether a reader sees anything: a letter, digit, sign or symbol with ink.

    Fillers, joiners, blank braille, marks and selectors without a base, and private characters have
    none.
    """
    return any(c > " " and (c <= "~" or _has_ink(c)) for c in text)


def is_a_name(text: str) -> bool:
    """Whether this can be the name of a person or thing.

    It must have a letter or digit, and must not be a spreadsheet's error value or a sign of a wrong
    encoding.
    """
    return (
        any(c.isalnum() for c in text)
        and "\ufffd" not in text
        and not FAILED_FORMULA.fullmatch(text)
    )


FAILED_FORMULA = re.compile(r"#(N/A|[A-Z0-9_/]+[!?]|GETTING_DATA)", re.IGNORECASE)
"""The content of a cell whose formula has failed: `#N/A`, `#REF!`."""


def within(text: str, limit: int) -> str:
    """The text, if it has 1 to `limit` characters. Raises `TextRejected`."""
    if not text:
        raise TextRejected("empty", length=0, limit=limit)
    if len(text) > limit:
        raise TextRejected("too_long", length=len(text), limit=limit)
    return text


_LINE_ENDS = re.compile("\r\n|[\r\n\v\f\u0085\u2028\u2029]")
_PLAIN = re.compile(r"[ -~\n]*")  # most texts: ASCII, with nothing to drop or to compose
_MANY_BLANK_LINES = re.compile(r"\n{4,}")
# A full stop after an abbreviation (Jl. Melati, Kec. Coblong) ends nothing.
_SENTENCE_END = re.compile(
    r"(?<=.{15})(?<!\bjl)(?<!\bjln)(?<!\bgg)(?<!\bno)(?<!\bkec)(?<!\bkab)(?<!\bkel)(?<!\bds)"
    r"(?<!\bprov)(?<!\brt)(?<!\brw)(?<!\bdr)(?<!\bbpk)(?<!\bsdr)[.!?](?=\s)",
    re.IGNORECASE,
)
# Zero-width joiners belong to emoji and some scripts; the others of category Cf only steer
# direction or hide text (bidirectional overrides, tags, soft hyphens).
_KEPT_FORMATS = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})


def _has_ink(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK


# Letters and symbols by category that are drawn as nothing: the fillers of Hangul, blank braille,
# the null note head, the placeholder of an object that was not sent along.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\U0001d159\ufffc")


def _is_kept(character: str) -> bool:
    if character == "\n" or character in _KEPT_FORMATS:
        return True
    return unicodedata.category(character) not in _INVISIBLE


def on_one_line(text: str) -> str:
    """The words of a text with one space between them."""
    return " ".join(text.split())
