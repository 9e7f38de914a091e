"""Original and corrected text as one: what was taken out and what was put in."""

import difflib
import re
from collections.abc import Iterator
from typing import Literal

Change = Literal["same", "removed", "added"]


def difference(original: str, corrected: str) -> list[tuple[Change, str]]:
    """The pieces in reading order, word by word; removed ones before those in their place."""
    return list(_pieces(_words(original), _words(corrected)))


def _pieces(before: list[str], after: list[str]) -> Iterator[tuple[Change, str]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield "same", "".join(before[a:b])
            continue
        if b > a:
            yield "removed", "".join(before[a:b])
        if d > c:
            yield "added", "".join(after[c:d])


def _words(text: str) -> list[str]:
    """Words, each with the space behind it."""
    return re.findall(r"\S+\s*|\s+", text)
