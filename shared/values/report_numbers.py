"""Reads the number of a report, in any form in which people write or paste it."""

import re
import unicodedata
from typing import NamedTuple

from shared.values.text import without_invisible


class TypedNumber(NamedTuple):
    """A report number that was typed.

    `alone`: nothing else was typed; otherwise the other words may be meant too.
    """

    number: int
    alone: bool = True


def numbers_in(words: str) -> list[int]:
    """The report numbers of a text with several, in that order, each once.

    Lines with other words count too if each number is marked by #. Empty if there are not several:
    see `number_in`.
    """
    if several := only_numbers_in(words):
        return several
    marked = [int(match["number"]) for match in _AMONG_WORDS.finditer(_cleaned(words))]
    return _where_several(list(dict.fromkeys(marked)))


def only_numbers_in(words: str) -> list[int]:
    """The numbers, if the words are several report numbers and nothing else.

    They may be separated by spaces, commas, lines or *dan*.
    """
    return _where_several(_listed(_cleaned(words)))


def number_in(words: str) -> TypedNumber | None:
    """The report number that somebody typed or pasted, or None.

    It may be *#1234567*, *LAPOR-1234567*, *LAPOR 1.234.567*, the address of a report's page, or a
    line that begins with it (*#1234567 Jalan rusak*). Our numbers never begin with 0.
    """
    text = _cleaned(words)
    if len(same := _listed(text)) == 1:
        return TypedNumber(same[0])
    if match := _NUMBER.fullmatch(text):
        return _typed(match["number"])
    if match := _ADDRESS.fullmatch(text):
        return _typed(match["number"])
    if match := _MARKED.search(text):
        return _typed(match["number"], alone=False)
    return None


def only_number_in(words: str) -> int | None:
    """The number, if exactly one was typed and nothing else; else None."""
    typed = None if numbers_in(words) else number_in(words)
    return typed and typed.number


def _cleaned(words: str) -> str:
    lines = (without_invisible(line) for line in words.splitlines())
    text = unicodedata.normalize("NFKC", "\n".join(lines)).translate(_DASHES)
    return text.strip(_AROUND)


def _listed(text: str) -> list[int]:
    """The numbers of a text that is only a list of them, each once; else an empty list."""
    items, position = [], 0
    while position < len(text):
        match = _ADDRESS_ITEM.match(text, position) or _ITEM.match(text, position)
        if match is None:
            return []
        items.append(int(re.sub("[^0-9]", "", match["number"])))
        position = match.end()
    return list(dict.fromkeys(items))


def _where_several(numbers: list[int]) -> list[int]:
    return numbers if len(numbers) > 1 else []


def _typed(written: str, *, alone: bool = True) -> TypedNumber | None:
    digits = re.sub("[^0-9]", "", written)
    ours = len(digits) < 16 and digits[0] != "0"
    return TypedNumber(int(digits), alone) if ours else None


_DASHES = {ord(dash): "-" for dash in "‐‑‒–—−"}
_AROUND = " \t\r\n.,:;!?-'\"()[]{}<>“”‘’«»*`"
"""Characters around a number that was cut out of a sentence."""
_WORD = r"lapor(?:an)?|nomor|nmr|no|tiket|id|tracking|report|number|ticket|anda|saya|your"
_LABEL = rf"(?:{_WORD})(?![^\W\d_])[\s!.:_-]*"
"""A prefix that may also be joined to the number: *LAPOR-1234567*."""
_DIGITS = r"(?P<number>[0-9](?:[\s.,'_-]?[0-9])*)"
_LISTED = r"(?P<number>[1-9][0-9]{6,8}|[1-9][0-9]{0,2}(?P<mark>[ .,'_-])[0-9]{3}(?P=mark)[0-9]{3})"
"""A number in a list: in one piece, or in groups of three. Fewer digits are part of a number, more
are a phone number."""
_NUMBER = re.compile(rf"(?:{_LABEL}){{0,4}}#?\s*{_DIGITS}", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://)?[^\s/]*(?:/panel)?/"
    r"(?:(?:laporan|lacak)/|\S*(?:#laporan-|[?&]nomor=))(?P<number>[0-9]+)(?:[/?#&]\S*)?",
    re.ASCII,
)
_MARKED = re.compile(
    rf"(?:^(?:{_LABEL}){{1,4}}#?\s*|(?<![\w&])#\s?|^(?=[0-9.]{{5,}}\s*[-:|(]))"
    r"(?P<number>[0-9](?:[.]?[0-9])*)(?![\w/-])",
    re.IGNORECASE,
)
_BETWEEN = r"(?:[\s.,;:|/&+()\[\]\"'<>-]+(?:(?:dan|serta|and)\b\s*)?|$)"
_ITEM = re.compile(rf"(?:{_LABEL}){{0,4}}#?\s*{_LISTED}{_BETWEEN}", re.IGNORECASE)
_ADDRESS_ITEM = re.compile(rf"{_ADDRESS.pattern}(?:\s*[,;]\s*|\s+|$)", re.ASCII)
_AMONG_WORDS = re.compile(r"(?<![\w&])#\s?(?P<number>[1-9][0-9]{6,8})(?![\w/-])")
