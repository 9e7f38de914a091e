"""The language of a page, and the texts in templates and endpoints, which are written in
Indonesian; each other language has a catalogue of them."""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po
from fastapi import Request

from shared.http.language import pick_language
from shared.labels.catalogue import INDONESIAN, LANGUAGES, Language

COOKIE = "lapor_bahasa"
"""The cookie with the language that a person chose; without it, the browser's language is used."""

language: ContextVar[Language] = ContextVar("language", default=INDONESIAN)
"""The language of the person who requested the present page."""


def language_of(request: Request) -> Language:
    """Return the language chosen on this site, else the one that the browser prefers."""
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else pick_language(request.headers.get("accept-language"))


def translated(text: str) -> str:
    """Return the text in the language of the page, or unchanged if the catalogue lacks it."""
    read_in = language.get()
    return text if read_in == INDONESIAN else _catalogue(read_in).get(text, text)


def translated_plural(one: str, many: str, n: int) -> str:
    """Return the translation of a text about `n` things."""
    return translated(one if n == 1 else many)


@cache
def _catalogue(read_in: Language) -> Mapping[str, str]:
    path = files("services.portal") / "locales" / f"{read_in}.po"
    with path.open("rb") as file:
        entries = read_po(file, locale=read_in)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}
