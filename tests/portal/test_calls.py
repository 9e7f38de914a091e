"""How often a page asks the services, over a whole stack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from services.portal.app import create
from shared.settings import Settings
from tests.portal.conftest import Portal
from tests.portal.reading import page_of

REPORT = {
    "title": "Jembatan retak",
    "body": "Jembatan di desa kami retak sejak hujan besar minggu lalu.",
    "classification": "complaint",
    "category": "potholes",
    "addressee": "kab-bandung",
    "region_code": "32.04.05.2001",
    "reporter": {"name": "Sari", "phone": "081234567890"},
}


@asynccontextmanager
async def signed_in(
    portal: Portal, username: str
) -> AsyncIterator[tuple[httpx.AsyncClient, list[str]]]:
    """Somebody's browser at a portal of its own, and the paths that this asks of the services."""
    app = create(
        Settings(
            intake_url=portal.intake,
            routing_url=portal.routing,
            followup_url=portal.followup,
            cookie_secret="c" * 44,
        )
    )
    calls: list[str] = []

    async def noted(request: httpx.Request) -> None:
        calls.append(request.url.path)

    app.state.services._client.event_hooks["request"].append(noted)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://portal", timeout=60
    ) as browser:
        form = page_of(await browser.get("/panel/masuk")).form("/panel/masuk")
        known = form.data(username=username, password=portal.password)
        await browser.post(form.action, data=known)
        calls.clear()
        yield browser, calls
    await app.state.services.close()


async def test_a_form_for_a_verification_takes_three_calls(portal: Portal) -> None:
    portal.forgets_who_came()
    async with httpx.AsyncClient(timeout=60) as citizen:
        made = (await citizen.post(f"{portal.intake}/reports", json=REPORT)).json()
    async with signed_in(portal, "admin.kab.bandung") as (admin, calls):
        page = await admin.get(f"/panel/laporan/{made['number']}/verify")
    assert page.status_code == 200
    assert "Cileunyi Kulon" in page.text
    assert len(calls) <= 3, calls


@pytest.mark.parametrize("path", ["/panel", "/panel?tab=all&scope=below&q=jembatan"])
async def test_a_tab_with_its_counts_filters_and_views_takes_three_calls(
    portal: Portal, path: str
) -> None:
    async with signed_in(portal, "admin.kab.bandung") as (admin, calls):
        page = await admin.get(path)
    assert page.status_code == 200
    assert all(words in page.text for words in ("Ditugaskan kepada", "Jawa Barat", "Simpan"))
    assert len(calls) <= 3, calls
