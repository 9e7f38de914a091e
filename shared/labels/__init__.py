"""The words people read for the codes the system uses, one file per language."""

from typing import Literal

from shared.labels import en, id

Language = Literal["id", "en"]

_LANGUAGES = {"id": id.LABELS, "en": en.LABELS}


def label(kind: str, code: str, language: Language = "id") -> str:
    """The label of a code: `label("status", "VERIFIED")`. An unknown one raises KeyError."""
    return _LANGUAGES[language][kind][code]


def labels(kind: str, language: Language = "id") -> dict[str, str]:
    """All labels of a kind by code, in the order people see them."""
    return dict(_LANGUAGES[language][kind])


def countdown(days: int, language: Language = "id") -> str:
    """*sisa / terlambat N hari*: days left, or as a negative, days overdue; 0 is due today."""
    template = "left" if days > 0 else "late" if days < 0 else "today"
    return label("countdown", template, language).format(n=abs(days))
