"""How often a page asks the services, over a whole stack."""

import httpx

from services.portal.app import create
from shared.settings import Settings
from tests.portal.conftest import Portal
from tests.portal.reading import Page

REPORT = {
    "title": "Jembatan retak",
    "body": "Jembatan di desa kami retak sejak hujan besar minggu lalu.",
    "classification": "complaint",
    "category": "potholes",
    "addressee": "kab-bandung",
    "region_code": "32.04.05.2001",
    "reporter": {"name": "Sari", "phone": "081234567890"},
}


async def test_a_form_for_a_verification_takes_three_calls(portal: Portal) -> None:
    portal.forgets_who_came()
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
    async with (
        httpx.AsyncClient(timeout=60) as citizen,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://portal", timeout=60
        ) as admin,
    ):
        made = (await citizen.post(f"{portal.intake}/reports", json=REPORT)).json()
        form = Page(await admin.get("/panel/masuk")).form("/panel/masuk")
        known = form.data(username="admin.kab.bandung", password=portal.password)
        await admin.post(form.action, data=known)
        calls.clear()
        page = await admin.get(f"/panel/laporan/{made['number']}/verify")
    await app.state.services.close()
    assert page.status_code == 200
    assert "Cileunyi Kulon" in page.text
    assert len(calls) <= 3, calls
