"""Title and text of a report: as sent, as corrected, and what the correction changed."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from services.routing.reading.difference import Piece, word_difference
from shared.labels import label


class Texts(BaseModel):
    """`title` and `body` are as corrected, else as sent; the differences show the correction word
    by word, null where there is none."""

    title: str
    body: str
    original_title: str
    original_body: str
    title_difference: list[Piece] | None
    body_difference: list[Piece] | None


def texts_of(row: Mapping[str, Any], *, by_copy: bool) -> Texts:
    """Who reads a copy reads the correction alone, and before it nothing: people sign what they
    write, and a copy never shows who reports."""
    title, body = row["title"], row["body"]
    original_title, original_body = row["original_title"], row["original_body"]
    if by_copy:
        title = original_title = title or label("mark", "unverified_copy")
        body = original_body = body or label("notice", "unpublished")
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
