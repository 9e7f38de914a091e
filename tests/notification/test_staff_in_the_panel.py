"""A day in the panel: an address is entered and proven, what is told is chosen, the bell rings."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from services.notification.app import make_app
from services.notification.bell.changes import STREAMS_OF_ONE
from services.notification.sending import sender as sending
from services.portal.app import create
from services.routing.app import make_app as make_routing
from shared.http.passwords import hash_password
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from tests.intake.conftest import Country
from tests.notification.conftest import Reported, until
from tests.notification.providers import MailServer
from tests.notification.staff import OFFICER, UNIT, StaffTold
from tests.notification.test_staff_email import link_in
from tests.portal.beside_one_service import served

PASSWORD = "kunci rumah 17"


@pytest.fixture
async def browser_of(
    settings: Settings,
    country: Country,
    fresh_database: Callable[[str], str],
    mail_server: MailServer,
    bus: object,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Visitors of a portal before routing and notification, with a coordinator in the country."""
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.1)
    country.all(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (15, 'koordinator', 'Koordinator', 'coordinating_admin', 2, %s,"
        " true, 1)",
        await hash_password(PASSWORD),
    )
    country.all("UPDATE routing.staff SET password_hash = %s WHERE id = 12", "")
    at_routing = settings.model_copy(update={"database_url": fresh_database("lapor_routing")})
    apps = make_routing(at_routing), make_app(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(mail_server.there())
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
        routing, notification = [await stack.enter_async_context(served(app)) for app in apps]
        portal = create(
            Settings(
                intake_url=routing,
                routing_url=routing,
                notification_url=notification,
                cookie_secret="c" * 44,
            )
        )
        stack.push_async_callback(portal.state.services.close)

        address = await stack.enter_async_context(served(portal))

        def browser() -> httpx.AsyncClient:
            return httpx.AsyncClient(base_url=address, follow_redirects=True, timeout=60)

        yield browser


async def send(browser: httpx.AsyncClient, page: str, to: str, **fields: str) -> httpx.Response:
    """Send a form of that page."""
    shown = await browser.get(page)
    assert shown.status_code == 200, shown.text
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert token, shown.text
    return await browser.post(to, data={"csrf": token[1], "langkah": "kirim", **fields})


async def sign_in(browser: httpx.AsyncClient, username: str, to: str = "/panel/akun") -> str:
    fields = {"username": username, "password": PASSWORD, "lanjut": to}
    answer = await send(browser, "/panel/masuk", "/panel/masuk", **fields)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_an_address_is_entered_proven_and_told_and_the_bell_leads_to_the_report(
    browser_of: Callable[[], httpx.AsyncClient],
    reported: Reported,
    country: Country,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    staff = StaffTold(country, settings)
    async with browser_of() as admin, browser_of() as officer:
        await sign_in(admin, "koordinator")
        person = f"/panel/pengguna/{OFFICER.id}"
        kept = {"name": "Tari", "role": "liaison_officer", "agency_id": "3"}
        wrong = await send(admin, person, person, email="tari di dinas", **kept)
        assert wrong.status_code == 422 and "Bukan alamat surel." in wrong.text
        changed = await send(admin, person, person, email="tari@dinas.example", **kept)
        assert "Data pengguna diubah." in changed.text
        assert "Surel belum dibuktikan" in changed.text
        first = await send(admin, person, f"{person}/tautan")
        assert "juga dikirim ke surelnya" in first.text

        # The proof that was asked for with the change, and the link.
        await link_in(mail_server, 2)
        links = [_link(mail.as_string()) for mail in mail_server.got]
        [link] = [each for each in links if "/panel/sandi" in each]
        token = link.split("kunci=")[1]
        chosen = {"token": token, "password": PASSWORD, "again": PASSWORD}
        await send(officer, f"/panel/sandi?kunci={token}", "/panel/sandi", **chosen)
        used = await officer.get(f"/panel/sandi?kunci={token}")
        assert used.status_code == 409 and "sudah dipakai" in used.text
        assert 'name="password"' not in used.text, "nothing is typed for nothing"
        proof = (await link_in(mail_server, 3)).removeprefix("http://lapor.test")
        asked = await officer.get(proof)
        assert "Masuk panel pengelola" in asked.text
        assert "Ya, surel ini milik saya" in await sign_in(officer, "dbmp", proof)
        right = {"token": proof.split("kunci=")[1]}
        over = await send(officer, proof, "/panel/surel", token="1.x")
        assert over.status_code == 422 and "tidak berlaku" in over.text
        assert "sudah dibuktikan" in (await send(officer, proof, "/panel/surel", **right)).text

        settings_page = "/panel/pengaturan/saya"
        choices = {"kabar": "ya", "new": "at_once", "late": "none"}
        answer = await send(officer, settings_page, settings_page, **choices)
        assert "Pilihan Anda disimpan." in answer.text
        shown = answer.text.split('name="late"')[1].split("</select>")[0]
        assert 'value="none" selected' in shown

        told = await reported()
        staff.handled_by_unit(told.number)
        await told.happens("verified", Status.VERIFIED, **UNIT)
        await told.happens("forwarded", Status.VERIFIED, version=3, **UNIT)
        assert (await link_in(mail_server, 5)).endswith(f"/panel/laporan/{told.number}")

        async def rung() -> bool:
            return len(staff.bell(OFFICER)) == 2

        await until(rung)
        bell = (await officer.get("/panel/lonceng")).text
        assert "Buka laporan" in bell and str(told.number) in bell and "2 belum dibaca" in bell
        english = (await officer.get("/bahasa/en?ke=/panel/lonceng")).text
        assert "to be followed up by" in english and "paling lambat" not in english
        await officer.get("/bahasa/id?ke=/panel/lonceng")
        [newest, *_] = re.findall(r'name="id" value="(\d+)"', bell)
        officer.follow_redirects = False
        opened = await send(officer, "/panel/lonceng", "/panel/lonceng/buka", id=newest)
        assert opened.headers["location"] == f"/panel/laporan/{told.number}"
        assert "1 belum dibaca" in (await officer.get("/panel/lonceng")).text
        officer.follow_redirects = True
        read = await send(officer, "/panel/lonceng", "/panel/lonceng/terbaca", id=newest)
        assert "belum dibaca</span>" not in read.text


async def test_the_link_that_ends_mail_speaks_to_staff_as_to_staff(
    browser_of: Callable[[], httpx.AsyncClient],
    reported: Reported,
    country: Country,
    settings: Settings,
    mail_server: MailServer,
) -> None:
    staff = StaffTold(country, settings)
    staff.prove(OFFICER, "tari@dinas.example")
    async with browser_of() as browser:
        told = await reported()
        staff.handled_by_unit(told.number)
        await told.happens("verified", Status.VERIFIED, **UNIT)
        await link_in(mail_server, 1)
        stop = mail_server.got[0]["List-Unsubscribe"].strip(" <>")
        link = stop.removeprefix("http://lapor.test")
        asked = await browser.get(f"{link}?untuk=pimpinan")  # the token says whose it is
        button = re.search(r'<form method="post" action="(/berhenti/[^"]+)"', asked.text)
        assert button and stop.endswith(button[1])
        one_click = {"List-Unsubscribe": "One-Click"}
        async with httpx.AsyncClient(base_url=browser.base_url, timeout=60) as program:
            stopped = await program.post(button[1], data=one_click)
        assert stopped.status_code == 200 and "set-cookie" not in stopped.headers
        again = await browser.get(link)
        assert again.status_code == 200 and button[0] not in again.text
        assert "sudah dihentikan" in again.text
        for page in (asked.text, stopped.text, again.text):
            assert "/panel/pengaturan/saya" in page and "Lonceng" in page
            assert "Laporan Anda" not in page and "kode akses" not in page
    stopped_at = "SELECT stopped_at IS NOT NULL FROM notification.preference WHERE holder = %s"
    assert country.one(stopped_at, f"staff-{OFFICER.id}") is True


async def test_the_page_of_a_report_says_once_that_it_is_read(
    browser_of: Callable[[], httpx.AsyncClient], reported: Reported, country: Country
) -> None:
    told = await reported()
    country.all(
        "INSERT INTO notification.bell (staff_id, number, version, template, kind, facts,"
        " created_at) VALUES (15, %s, 9, 'request_refused', 'decided', %s, now())",
        *(told.number, '{"at": "2026-11-30T03:00:00+00:00", "handler_id": 2}'),
    )
    unread = "SELECT count(*) FROM notification.bell WHERE read_at IS NULL"
    async with browser_of() as browser:
        await sign_in(browser, "koordinator")
        opened = f"/panel/laporan/{told.number}/dibuka"
        await send(browser, "/panel/akun", opened)
        assert country.one(unread) == 1
        await send(browser, "/panel/akun", opened, baru="ya")
        assert country.one(unread) == 0


async def test_whoever_goes_from_page_to_page_lets_go_of_each_pages_stream(
    browser_of: Callable[[], httpx.AsyncClient],
) -> None:
    async with browser_of() as browser, asyncio.timeout(60):
        await sign_in(browser, "koordinator")
        for _ in range(2 * STREAMS_OF_ONE):
            async with browser.stream("GET", "/panel/lonceng/langsung") as stream:
                assert "data: 0" in [line async for line in _first_lines(stream)]


async def _first_lines(stream: httpx.Response) -> AsyncIterator[str]:
    """Until the first event is whole."""
    async for line in stream.aiter_lines():
        yield line
        if line.startswith("data:"):
            return


def _link(mail: str) -> str:
    address = re.search(r"http://lapor\.test/\S+", mail.replace("=\n", "").replace("=3D", "="))
    assert address, mail
    return address.group()
