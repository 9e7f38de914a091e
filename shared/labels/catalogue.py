"""The texts that people read, by context and code, from gettext catalogues, one for each
language."""

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.pofile import read_po

Language = str
"""One of `LANGUAGES`, by its ISO 639 code."""

INDONESIAN = "id"
_LOCALES = Path(__file__).parents[1] / "locales"
LANGUAGES: tuple[Language, ...] = tuple(
    sorted((path.name for path in _LOCALES.iterdir()), key=lambda code: (code != INDONESIAN, code))
)
"""The languages that have a catalogue, Indonesian first."""


def catalogue_path(language: Language) -> Path:
    return _LOCALES / language / "LC_MESSAGES" / "messages.po"


def message(context: str, code: str, language: Language = INDONESIAN) -> str:
    """The text of a code: `message("status", "VERIFIED")`. An unknown one raises KeyError."""
    return _catalogue(language).messages[context][code]


def messages(context: str, language: Language = INDONESIAN) -> Mapping[str, str]:
    """All texts of a context by code, in the order of the catalogue; not to be changed."""
    return _catalogue(language).messages[context]


def contexts() -> tuple[str, ...]:
    """All contexts: the kinds of codes that have texts."""
    return tuple(_catalogue(INDONESIAN).messages)


def plural_message(context: str, code: str, n: int, language: Language = INDONESIAN) -> str:
    """The text of a code about `n` things, in the language's form for that number.

    An unknown code raises `KeyError`.
    """
    catalogue = _catalogue(language)
    return catalogue.plurals[context, code][catalogue.form_of(n)].format(n=n)


class Phrase(NamedTuple):
    """A text in whichever language is asked for; its values may be phrases themselves."""

    context: str
    code: str
    values: Mapping[str, Any] = {}

    def in_language(self, language: Language) -> str:
        """The text. Raises `KeyError` for an unknown code or a missing value."""
        return filled(message(self.context, self.code, language), self.values, language)


def filled(text: str, values: Mapping[str, Any], language: Language) -> str:
    """The text with its values in place of their names in braces. Raises `KeyError` if one is
    missing."""
    return text.format_map(
        {
            name: value.in_language(language) if isinstance(value, Phrase) else value
            for name, value in values.items()
        }
    )


@dataclass(frozen=True)
class _Catalogue:
    form_of: Callable[[int], int]
    messages: dict[str, dict[str, str]] = field(default_factory=dict)
    plurals: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)


@cache
def _catalogue(language: Language) -> _Catalogue:
    with catalogue_path(language).open("rb") as file:
        entries = read_po(file, locale=language)
    catalogue = _Catalogue(gettext.c2py(entries.plural_expr))
    for entry in entries:
        if not entry.id:
            continue  # the header
        context = str(entry.context)
        if isinstance(entry.id, str):
            catalogue.messages.setdefault(context, {})[entry.id] = str(entry.string)
        else:
            catalogue.plurals[context, entry.id[0]] = tuple(entry.string or ())
    return catalogue
