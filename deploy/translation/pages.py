"""The texts of the portal's pages. They are written in Indonesian in the source; every other
language has a catalogue of them."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from deploy.translation.source import ROOT
from shared.labels.catalogue import Language

PORTAL = ROOT / "services" / "portal"
_KEYWORDS = ["_", "gettext"]
_IN_CALLS = {"translated": 0, "go": 1}
"""The functions that take a text, and the position of that argument."""


def path_of(language: Language) -> Path:
    return PORTAL / "locales" / f"{language}.po"


def named() -> frozenset[str]:
    """Return the texts that are marked in templates and endpoints."""
    return frozenset(
        [text for path in _files("html") for text in in_template(path.read_text())]
        + [text for tree in _modules() for text in _in_module(tree)]
    )


def written() -> frozenset[str]:
    """Return every text in Python except docstrings: some reach a page through a table or a
    variable."""
    return frozenset(text for tree in _modules() for text in _strings(tree))


def in_template(source: str) -> Iterator[str]:
    """Yield the texts marked in a Jinja template."""
    # `trimmed`, as the portal's own environment has it.
    options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
    for _, _, text, _ in babel_extract(io.BytesIO(source.encode()), _KEYWORDS, [], options):
        first = text[0] if isinstance(text, tuple) else text
        if first:
            yield first


def updated(language: Language) -> bytes:
    """Return the updated catalogue as a file: with every marked text, and without unused ones."""
    with path_of(language).open("rb") as file:
        old = read_po(file, locale=language)
    texts = {str(entry.id): entry.string for entry in old if entry.id}
    catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False)
    catalogue.mime_headers = old.mime_headers
    catalogue.header_comment = old.header_comment
    for text in sorted(named() | (texts.keys() & written())):
        catalogue.add(text, texts.get(text, ""))
    target = io.BytesIO()
    write_po(target, catalogue, width=100, no_location=True)
    return target.getvalue()


def _modules() -> Iterator[ast.Module]:
    return (ast.parse(path.read_text()) for path in _files("py"))


def _files(ending: str) -> list[Path]:
    return sorted(PORTAL.rglob(f"*.{ending}"))


def _strings(tree: ast.Module) -> Iterator[str]:
    documenting = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in documenting or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            yield node.value


def _in_module(tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = _IN_CALLS.get(name)
        if place is not None and len(call.args) > place:
            argument = call.args[place]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
