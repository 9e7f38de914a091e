"""What a correction changed, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel


class Piece(BaseModel):
    """A stretch of text: kept, only in the original (`delete`), or only in the correction."""

    op: Literal["equal", "delete", "insert"]
    text: str


def word_difference(original: str, corrected: str) -> list[Piece]:
    """The pieces in reading order: without the inserted ones they are the original, without the
    deleted ones the correction."""
    before, after = _WORDS.findall(original), _WORDS.findall(corrected)
    pieces: list[Piece] = []
    for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece(op="equal", text="".join(before[i:j])))
            continue
        if i < j:
            pieces.append(Piece(op="delete", text="".join(before[i:j])))
        if k < m:
            pieces.append(Piece(op="insert", text="".join(after[k:m])))
    return pieces


_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
