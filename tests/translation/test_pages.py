"""Pages are wholly in the language that is chosen, or that the browser prefers."""

import re
from string import Formatter

import httpx
import pytest
from babel.messages.pofile import read_po

from deploy.translation import pages
from services.portal import translation
from services.portal.pages import worded
from services.portal.panel.bulk import BULK_FORMS
from shared.labels.catalogue import LANGUAGES, Language
from tests.security.test_what_a_scanner_reads import portal

OTHERS = LANGUAGES[1:]
PATHS = (
    *("/", "/lacak", "/masuk", "/daftar", "/kode-hilang", "/kata-sandi-hilang"),
    *("/kontak-tetap/x", "/kontak-laporan/x", "/tidak-ada", "/panel/masuk", "/panel/faktor-kedua"),
)
INDONESIAN = re.compile(r"\b(Anda|laporan|yang|dengan|kata sandi|nomor)\b", re.I)


def texts(language: str) -> dict[str, str]:
    with pages.path_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_a_page_is_translated_and_nothing_else_is(language: str) -> None:
    known = texts(language)
    assert sorted(pages.named() - known.keys()) == [], "`make texts`, then write them"
    assert sorted(known.keys() - pages.named() - pages.written()) == [], "`make texts`"
    assert [text for text, other in known.items() if not other.strip()] == []


NO_WORDS = {"LAPOR", "SMS", "Bahasa Indonesia", "English"}
"""Names, the same in every language."""
ENTITIES = re.compile(r"&[a-z]+;")


def test_no_text_of_a_page_is_left_unmarked() -> None:
    left = {}
    for path in sorted((pages.PORTAL / "templates").rglob("*.html")):
        source = re.sub(r"{#.*?#}|{%-? trans.*?endtrans %}", "", path.read_text(), flags=re.S)
        words = re.findall(r'(?<!_\()"([A-Z][a-z]+[^"]*)"', re.sub(r'="[A-Z][^"]*"', "", source))
        shown = re.sub(r"<[^>]*>", " ", re.sub(r"{[{%].*?[}%]}", " ", source, flags=re.S))
        shown = re.sub(r'[\w-]+="[^"]*"', "", shown)  # attributes that a macro puts into a tag
        words += re.findall(r"[A-Za-z]{3,}", ENTITIES.sub(" ", shown))
        if unmarked := sorted({*words} - NO_WORDS):
            left[str(path.relative_to(pages.PORTAL))] = unmarked
    assert left == {}


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_in_the_portal_s_code_is_translated(language: str) -> None:
    known = texts(language)
    assert [text for text in _sentences() if text not in known] == []


@pytest.mark.parametrize("read_in", OTHERS)
def test_what_may_be_done_to_many_reports_is_called_in_the_language_of_the_page(
    read_in: Language,
) -> None:
    token = translation.language.set(read_in)
    try:
        named = {kind.name: worded(kind.label) for kind in BULK_FORMS.values()}
    finally:
        translation.language.reset(token)
    assert [name for name, said in named.items() if said == BULK_FORMS[name].label] == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_values_of_the_text(language: str) -> None:
    assert [
        text for text, other in texts(language).items() if _values(other) != _values(text)
    ] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_file_is_as_make_texts_writes_it(language: str) -> None:
    written = pages.path_of(language).read_text().splitlines()
    anew = pages.updated(language).decode().splitlines()
    unlike = [line for line in anew if line not in written and "Generated-By" not in line]
    assert unlike == []
    assert len(anew) == len(written)


@pytest.mark.parametrize("path", PATHS)
async def test_a_browser_that_prefers_english_is_answered_in_english(path: str) -> None:
    page = (await _asked(path, {"Accept-Language": "en-GB,en;q=0.9,id;q=0.5"})).text
    assert '<html lang="en">' in page
    assert INDONESIAN.findall(_read(page)) == []


async def test_what_is_chosen_wins_over_the_browser_and_leads_back() -> None:
    async with portal("https://lapor.example") as browser:
        english = await browser.get("/lacak")
        assert '<html lang="id">' in english.text
        switch = re.search(r'class="language" href="([^"]+)"', english.text)
        assert switch
        chosen = await browser.get(switch[1].replace("&amp;", "&"))
        assert chosen.headers["location"] == "/lacak"
        cookie = chosen.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=lax", "Secure"} <= {*cookie.split("; ")}
        header = {"Cookie": cookie.split(";")[0], "Accept-Language": "id"}
        assert '<html lang="en">' in (await browser.get("/lacak", headers=header)).text
        assert '<html lang="en">' in (await browser.get("/panel/masuk", headers=header)).text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_the_switch_leads_to_no_other_site(elsewhere: str) -> None:
    async with portal("https://lapor.example") as browser:
        answer = await browser.get("/bahasa/en", params={"ke": elsewhere})
        assert answer.headers["location"] == "/"
        assert (await browser.get("/bahasa/xx")).status_code == 404


async def _asked(path: str, headers: dict[str, str]) -> httpx.Response:
    async with portal("https://lapor.example") as browser:
        return await browser.get(path, headers=headers)


def _sentences() -> list[str]:
    """What in the code begins as a sentence and has several words: it stands on a page, by way of
    a table of names or of refusals."""
    return sorted(
        text
        for text in pages.written()
        if re.match(r"[A-Z][a-z]+ ", text) and not re.match(r"(Bearer|Cookie) ", text)
    )


def _read(page: str) -> str:
    """What stands on the page, without the name of the other language's link."""
    bare = re.sub(r'<a class="language".*?</a>', "", page)
    return re.sub(r"<[^>]*>", " ", bare)


def _values(text: str) -> set[str]:
    named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return named | set(re.findall(r"%\((\w+)\)s", text))
