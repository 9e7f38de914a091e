"""The words that people read for the system's codes.

`deploy.translation.codes` lists the codes; the catalogues in `shared/locales` have the words.
"""

from collections.abc import Mapping
from functools import cache

from shared.labels.catalogue import (
    INDONESIAN,
    Language,
    contexts,
    message,
    messages,
    plural_message,
)


def label(kind: str, code: str, language: Language = "id") -> str:
    """The label of a code: `label("status", "VERIFIED")`. An unknown one raises KeyError."""
    return message(kind, code, language)


def labels(kind: str, language: Language = "id") -> dict[str, str]:
    """All labels of a kind by code, in the order people see them."""
    return dict(messages(kind, language))


def countdown(days: int, language: Language = "id") -> str:
    """*sisa / terlambat N hari*: days left, or as a negative, days overdue; 0 is due today."""
    if days == 0:
        return label("countdown", "today", language)
    return plural_message("countdown", "left" if days > 0 else "late", abs(days), language)


def relabelled(text: str | None, language: Language, *kinds: str) -> str:
    """A label that a service gave in Indonesian, in another language.

    Without kinds, a label of any kind; a text that is no label (a name, an agency) stays as it is.
    """
    if language == INDONESIAN or text is None:
        return text or ""
    return _labels_by_text(language, kinds).get(text, text)


@cache
def _labels_by_text(language: Language, kinds: tuple[str, ...]) -> Mapping[str, str]:
    """The labels in another language by their Indonesian text; the first kinds take precedence."""
    by_text: dict[str, str] = {}
    for kind in kinds or contexts():
        for code, indonesian in messages(kind).items():
            by_text.setdefault(indonesian, messages(kind, language)[code])
    return by_text
