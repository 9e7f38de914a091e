"""Title and text of a report: as sent, as corrected, and the differences."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any, Literal

from pydantic import BaseModel

from shared.labels import label
from shared.labels.catalogue import Language


class Piece(BaseModel):
    """A piece of text: kept, only in the original (`delete`), or only in the correction."""

    op: Literal["equal", "delete", "insert"]
    text: str


class Texts(BaseModel):
    """`title` and `body` are the corrected ones, or those sent if there is no correction. The
    differences show the correction word by word; they are null if there is none."""

    title: str
    body: str
    original_title: str
    original_body: str
    title_difference: list[Piece] | None
    body_difference: list[Piece] | None


def texts_of(row: Mapping[str, Any], *, by_copy: bool, language: Language) -> Texts:
    """The texts as this person reads them. Staff who read a copy get only the correction, and
    nothing before there is one: people sign what they write, and a copy never shows who reports."""
    title, body = row["title"], row["body"]
    original_title, original_body = row["original_title"], row["original_body"]
    if by_copy:
        title = original_title = title or label("mark", "unverified_copy", language)
        body = original_body = body or label("notice", "unpublished", language)
    return Texts(
        title=title or original_title,
        body=body or original_body,
        original_title=original_title,
        original_body=original_body,
        title_difference=_difference(original_title, title),
        body_difference=_difference(original_body, body),
    )


def _difference(original: str, corrected: str | None) -> list[Piece] | None:
    if corrected is None or corrected == original:
        return None
    return word_difference(original, corrected)


def word_difference(original: str, corrected: str) -> list[Piece]:
    """The pieces in reading order. Without the inserted ones they are the original; without the
    deleted ones, the correction."""
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
