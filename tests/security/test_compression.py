"""Pages go compressed; what repeats words of its request does not (ADR 90)."""

import httpx
import pytest

from services.portal.stylesheet import STYLESHEET_PATH
from tests.security.test_what_a_scanner_reads import portal

MOST_STYLE = 40_000
"""Bytes of the style, uncompressed."""


@pytest.mark.parametrize(
    "path", ["/lacak", "/masuk", "/panel/masuk", f"{STYLESHEET_PATH}.css", f"{STYLESHEET_PATH}.js"]
)
async def test_pages_style_and_script_go_compressed(path: str) -> None:
    answer = await _asked("GET", path)
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    assert int(answer.headers["content-length"]) * 1.5 < len(answer.content)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/lacak?nomor=12345678"),
        ("GET", "/panel/masuk?lanjut=/panel?q=Siti"),
        ("GET", "/lacak?tab=Siti"),
        ("GET", "/lacak?q="),
        ("GET", "/kontak-tetap/csrf"),
        ("GET", "/berhenti/6b1f3a52-0d1e-4c55-9d5c-3b7b5f1f0c11"),
        ("POST", "/lacak"),
        ("POST", "/masuk"),
    ],
)
async def test_what_repeats_words_of_a_request_goes_as_it_is(method: str, path: str) -> None:
    answer = await _asked(method, path)
    assert "content-encoding" not in answer.headers
    assert "<html" in answer.text


async def test_an_unknown_address_is_not_repeated() -> None:
    assert "jejak" not in (await _asked("GET", "/jejak/Siti-Aminah")).text
    assert "Siti" not in (await _asked("GET", "/laporan/Siti-Aminah")).text


async def test_the_queue_of_a_tab_goes_compressed() -> None:
    answer = await _asked("GET", "/lacak?tab=in_process&scope=below")
    assert answer.headers["content-encoding"] == "gzip"


async def test_the_style_stays_small() -> None:
    assert len((await _asked("GET", f"{STYLESHEET_PATH}.css")).content) < MOST_STYLE


async def _asked(method: str, path: str) -> httpx.Response:
    async with portal("https://lapor.example") as browser:
        return await browser.request(method, path, headers={"Accept-Encoding": "gzip"})
