"""Every page that a person reaches by links, once for each kind of page."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Error, Response

from tests.portal.conftest import Person

_ENDS = re.compile(r"/(bahasa|lampiran|unduh/daftar|impor/templat|keluar|dokumen|surat)\b")
_WHENCE = ("lanjut", "kembali", "pilih")
"""Parts of an address that say where in a list it is, or comes from."""
MOST = 120
"""Pages one walk visits at most: a walk ends, whatever links to what."""


def pages(person: Person, *starts: str) -> Iterator[str]:
    """Open page after page, one of each kind; gives the address of the one that is open."""
    waiting, seen = list(starts), set[str]()
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if kind(path) in seen:
            continue
        seen.add(kind(path))
        answer = _opened(person, path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        links = person.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        for link in links:
            parts = urlsplit(urljoin(person.portal.address + path, link))
            found = parts.path + (f"?{parts.query}" if parts.query else "")
            if link.startswith(person.portal.address) and not _ENDS.search(parts.path):
                waiting.append(found)
        yield path


def _opened(person: Person, path: str) -> Response | None:
    """What a page before began to send may still end the first try."""
    for last in (False, False, True):
        try:
            return person.page.goto(person.portal.address + path)
        except Error as error:
            if "Download is starting" in str(error):
                return None
            if last or "ERR_ABORTED" not in str(error):
                raise
    return None


def kind(path: str) -> str:
    """The page without what tells one report or person from another."""
    parts = urlsplit(path)
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair)
    bare = re.sub(r"/[0-9a-f-]{36}|/\d+", "/N", parts.path)
    return bare + "?" + "&".join(name for name in names if name not in _WHENCE)
