"""The number of a report, however people write or paste it."""

import re
import unicodedata
from typing import NamedTuple


class TypedNumber(NamedTuple):
    """`alone`: nothing else was typed; otherwise there are words beside it that may be meant."""

    number: int
    alone: bool = True


def number_in(words: str) -> TypedNumber | None:
    """The report number that somebody typed or pasted: *#1234567*, *LAPOR 1.234.567*, the address
    of a report's page, a line that begins by it (*#1234567 Jalan rusak*). One that begins with 0
    is no number of ours."""
    text = unicodedata.normalize("NFKC", words)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf").translate(_DASHES)
    text = text.strip(_AROUND)
    if match := _NUMBER.fullmatch(text):
        return _typed(match["number"])
    if match := _ADDRESS.fullmatch(text):
        return _typed(match["number"])
    if match := _MARKED.search(text):
        return _typed(match["number"], alone=False)
    return None


def only_number_in(words: str) -> int | None:
    """Where a number is asked for and nothing else."""
    typed = number_in(words)
    return typed and typed.number


def _typed(written: str, *, alone: bool = True) -> TypedNumber | None:
    digits = re.sub("[^0-9]", "", written)
    ours = len(digits) < 16 and digits[0] != "0"
    return TypedNumber(int(digits), alone) if ours else None


_DASHES = {ord(dash): "-" for dash in "‐‑‒–—−"}
_AROUND = " \t\r\n.,:;!?-'\"()[]{}<>“”‘’«»*`"
"""What stands around a number that was cut out of a sentence."""
_LABEL = r"(?:lapor(?:an)?|nomor|nmr|no|tiket|id|tracking|report|number|ticket|anda|saya|your)"
_DIGITS = r"(?P<number>[0-9](?:[\s.,'_-]?[0-9])*)"
_NUMBER = re.compile(rf"(?:{_LABEL}\b[!.:]*\s*){{0,4}}#?\s*{_DIGITS}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://)?[^\s/]*(?:/panel)?/"
    r"(?:(?:laporan|lacak)/|\S*(?:#laporan-|[?&]nomor=))(?P<number>[0-9]+)(?:[/?#&]\S*)?",
    re.ASCII,
)
_MARKED = re.compile(
    rf"(?:^(?:{_LABEL}\b[!.:]*\s*){{1,4}}#?\s*|(?<![\w&])#\s?|^(?=[0-9.]{{5,}}\s*[-:|(]))"
    r"(?P<number>[0-9](?:[.]?[0-9])*)(?![\w/-])",
    re.IGNORECASE,
)
