"""Every text that is looked up is there in every language, and no other."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from pydantic_core.core_schema import ErrorType

from deploy.translation.catalogues import untranslated, updated, used
from deploy.translation.codes import BY_PYDANTIC, CODES
from deploy.translation.source import (
    PACKAGES,
    ROOT,
    in_python,
    in_source,
    in_template,
)
from shared.http import language
from shared.http.language import pick_language
from shared.labels import catalogue
from shared.labels.catalogue import LANGUAGES, catalogue_path, message, messages, plural_message

Entry = tuple[str, str]
LABELS = re.compile(r"""(?<![.\w])labels?\(["']([a-z_0-9]+)["']""")
"""Of which kind, with whichever code."""


def entries(language: str) -> dict[Entry, Message]:
    with catalogue_path(language).open("rb") as file:
        catalogue: Catalog = read_po(file, locale=language, abort_invalid=True)
    return {(str(each.context), _code(each)): each for each in catalogue if each.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_looked_up_is_there_and_what_is_there_is_looked_up(language: str) -> None:
    wanted = Counter((each.context, each.code) for each in used())
    assert [each for each, times in wanted.items() if times > 1] == []
    assert entries(language).keys() - wanted.keys() == set(), "nobody uses these: `make texts`"
    assert wanted.keys() - entries(language).keys() == set(), "these have no text: `make texts`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_a_text_in_all_its_forms(language: str) -> None:
    assert [
        entry
        for entry, each in entries(language).items()
        for text in _forms(each)
        if each.fuzzy or not text or text != text.strip()
    ] == []


def test_a_message_without_a_text_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So that `make docs` fails on it, instead of printing nothing in its place."""
    assert untranslated("id") == []
    text = catalogue_path("id").read_text()
    entry = 'msgctxt "action"\nmsgid "hold"\nmsgstr "'
    emptied = tmp_path / "messages.po"
    emptied.write_text(re.sub(f'{re.escape(entry)}[^"]*', entry, text))
    monkeypatch.setattr("deploy.translation.catalogues.catalogue_path", lambda _: emptied)
    assert [(each.context, each.code) for each in untranslated("id")] == [("action", "hold")]
    emptied.write_text(text.replace(entry, entry.replace("hold", "detain")))
    assert [(each.context, each.code) for each in untranslated("id")] == [("action", "hold")]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_text_names_the_same_values_in_every_language(language: str) -> None:
    indonesian, other = entries(LANGUAGES[0]), entries(language)
    assert [
        entry
        for entry in indonesian.keys() & other.keys()
        if len(
            {
                _placeholders(text)
                for catalogue in (indonesian, other)
                for text in _forms(catalogue[entry])
            }
        )
        > 1
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_as_make_texts_writes_it(language: str) -> None:
    written = catalogue_path(language).read_text().splitlines()
    anew = updated(language).decode().splitlines()
    assert _without_version(written) == _without_version(anew)


def test_kinds_of_codes_are_listed_where_and_only_where_codes_come_by_value() -> None:
    contexts = {each.context for each in used()}
    looked_up = {
        kind
        for package in PACKAGES
        for suffix in ("py", "html")
        for path in (ROOT / package).rglob(f"*.{suffix}")
        for kind in LABELS.findall(path.read_text())
    }
    assert looked_up <= contexts, "these kinds have no codes in deploy.translation.codes"
    texts = "\n".join(
        path.read_text()
        for package in ("shared", "services", "workflows")
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".html"}
    )
    assert [kind for kind in CODES if f'"{kind}"' not in texts] == []
    by_value = {
        code for kind, codes in CODES.items() for code in codes if kind.startswith("problem")
    }
    made = re.compile(r"(text|file|request_already)_|.*_(not_found|name_taken)$")
    assert [
        code
        for code in by_value - {*BY_PYDANTIC}
        if not made.match(code) and f'"{code}"' not in texts
    ] == []


def test_messages_are_found_where_the_source_names_them() -> None:
    source = """
def word(code):
    return label("words", code).lower()

label("mark", "late" if late else "held")
message(context="x", code=code)
word("yes")
raise conflict("taken" if late else "gone", members={})
raise validation(FieldError("to", "in_future"))
"""
    assert {(each.context, each.code) for each in in_python(source)} == {
        ("problem.title", "taken"),
        ("problem.detail", "taken"),
        ("problem.title", "gone"),
        ("problem.detail", "gone"),
        ("problem.field", "in_future"),
        ("mark", "late"),
        ("mark", "held"),
        ("words", "yes"),
    }
    assert [
        *in_template('{{ f.input(form, label("field", "title")) }}{{ label("role", role) }}')
    ] == [("field", "title", False)]


def test_a_further_language_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_LOCALES", tmp_path)
    monkeypatch.setattr(language, "LANGUAGES", ("id", "en", "ms"))
    path = catalogue_path("ms")
    path.parent.mkdir(parents=True)
    begun = updated("ms").decode()
    assert begun.count("msgctxt") == len(used())
    path.write_text(begun.replace('msgid "VERIFIED"\nmsgstr ""', 'msgid "VERIFIED"\nmsgstr "Sah"'))
    assert message("status", "VERIFIED", pick_language("ms-MY, en;q=0.5")) == "Sah"


def test_what_pydantic_finds_wrong_is_called_as_pydantic_calls_it() -> None:
    assert set(BY_PYDANTIC) <= {*get_args(ErrorType)}


def test_a_refusal_of_the_lifecycle_has_words() -> None:
    wanted = {(each.context, each.code) for each in in_source()}
    assert ("problem.title", "already_held") in wanted  # returned by a condition
    assert ("problem.title", "not_the_asker") in wanted  # raised


def test_a_text_about_a_number_has_the_form_the_language_has_for_it() -> None:
    assert [plural_message("countdown", "left", n, "en") for n in (1, 2)] == [
        "1 day left",
        "2 days left",
    ]
    assert plural_message("countdown", "left", 1) == "sisa 1 hari"


def test_codes_are_in_the_order_people_see_them_and_an_unknown_one_is_an_error() -> None:
    assert list(messages("rating", "en")) == ["1", "2", "3", "4", "5"]
    with pytest.raises(KeyError):
        message("status", "LOST")


def _code(each: Message) -> str:
    return each.id if isinstance(each.id, str) else each.id[0]


def _forms(each: Message) -> Iterator[str]:
    yield from [each.string] if isinstance(each.string, str) else each.string or ()


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _without_version(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith('"Generated-By')]
