"""The complete catalogue of a language: all messages that are looked up, with the texts it has."""

import io
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from deploy.translation.codes import CODES
from deploy.translation.source import Message, in_source
from shared.labels.catalogue import Language, catalogue_path


@cache
def used() -> tuple[Message, ...]:
    """Return all messages, each once: contexts by name; within them, the listed codes first, in
    their order."""
    listed = [Message(context, str(code)) for context, codes in CODES.items() for code in codes]
    named = sorted({*in_source()} - {*listed})
    return tuple(sorted([*listed, *named], key=lambda each: each.context))


def template() -> Catalog:
    """Return a catalogue with every message, without texts."""
    catalogue = Catalog()
    for context, code, plural in used():
        catalogue.add((code, code) if plural else code, context=context)
    return catalogue


def updated(language: Language) -> bytes:
    """Return the updated catalogue of a language as a file: with every message, and no others."""
    path = catalogue_path(language)
    with path.open("rb") if path.exists() else io.BytesIO() as file:
        catalogue = read_po(file, locale=language)
    # A likely text for an unknown code would be a guess.
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    target = io.BytesIO()
    write_po(target, catalogue, width=100, no_location=True, ignore_obsolete=True)
    return target.getvalue()


def untranslated(language: Language) -> list[Message]:
    """Return the messages that have no text in a language."""
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    return [each for each in used() if not _has_text(catalogue, each)]


def _has_text(catalogue: Catalog, each: Message) -> bool:
    entry = catalogue.get(each.code, each.context)
    texts = entry.string if entry else ""
    return bool(texts) and all(texts if isinstance(texts, tuple | list) else [texts])
