"""Headers that browsers heed, and fields that no keyboard changes."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from services.portal.app import CONTENT_SECURITY, create
from shared.http.app import create_app
from shared.settings import Settings

TEMPLATES = Path(__file__).parents[2] / "services" / "portal" / "templates"
EXACT = 'autocapitalize="none" autocorrect="off" spellcheck="false"'
PATHS = ["/panel/masuk", "/lacak", "/nowhere", "/static/x/lapor.css", "/favicon.ico"]


def portal(base_url: str) -> httpx.AsyncClient:
    nowhere = "http://127.0.0.1:1"
    services = {f"{name}_url": nowhere for name in ("intake", "routing", "followup", "reporting")}
    values = services | {"cookie_secret": "c" * 40, "public_base_url": base_url}
    app = create(Settings.model_validate(values))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal")


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_tells_browsers_to_stay_with_https_and_apart(path: str) -> None:
    async with portal("https://lapor.example") as browser:
        headers = (await browser.get(path)).headers
    assert headers["strict-transport-security"] == "max-age=63072000"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert headers["content-security-policy"] == CONTENT_SECURITY
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_without_https_nobody_is_told_to_use_it() -> None:
    async with portal("http://lapor.example") as browser:
        headers = (await browser.get("/lacak")).headers
    assert "strict-transport-security" not in headers
    assert "permissions-policy" in headers


async def test_services_say_the_same_also_where_they_refuse() -> None:
    app = create_app(
        name="intake",
        title="T",
        routers=[APIRouter()],
        settings=Settings(public_base_url="https://lapor.example"),
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        for path in ("/healthz", "/nowhere", "/openapi.json"):
            headers = (await client.get(path)).headers
            assert headers["strict-transport-security"] == "max-age=63072000", path
            assert headers["cross-origin-opener-policy"] == "same-origin", path


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/panel/masuk", {"username", "password", "code"}),
        ("/panel/faktor-kedua", {"username", "present"}),
        ("/masuk", {"contact", "password"}),
        ("/lacak", {"access_code"}),
        ("/daftar", {"email", "password"}),
    ],
)
async def test_names_and_codes_are_taken_as_they_are_typed(path: str, fields: set[str]) -> None:
    async with portal("https://lapor.example") as browser:
        page = (await browser.get(path)).text
    inputs = {m["name"]: m[0] for m in re.finditer(r'<input [^>]*name="(?P<name>\w+)"[^>]*>', page)}
    assert {name for name, tag in inputs.items() if EXACT in tag} >= fields


def test_no_form_asks_for_a_name_or_code_that_a_keyboard_may_change() -> None:
    asked = re.compile(r'f\.input\(form, "(username|contact|code|access_code|url|author)".*')
    lines = [
        (path.name, line)
        for path in TEMPLATES.rglob("*.html")
        for line in path.read_text().splitlines()
        if asked.search(line)
    ]
    assert len(lines) > 8
    assert [
        line for line in lines if "exact=true" not in line[1] and 'type="url"' not in line[1]
    ] == []


def test_every_password_says_whether_it_is_the_present_or_a_new_one() -> None:
    lines = [
        line
        for path in TEMPLATES.rglob("*.html")
        for line in path.read_text().splitlines()
        if 'type="password"' in line and "f.input(" in line
    ]
    assert len(lines) > 8
    for line in lines:
        assert 'autocomplete="current-password"' in line or 'autocomplete="new-password"' in line
