"""The pages of an account's contacts, walked without a browser: portal, intake and notification in
this process, mail over SMTP."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.portal.app import create
from shared.settings import Settings
from tests.intake.conftest import form
from tests.notification.account_services import (
    NEW,
    OTHER,
    PASSWORD,
    Services,
    header,
    services,
    text_of,
)
from tests.notification.conftest import MAIL
from tests.notification.test_proofs import code_in
from tests.portal.beside_one_service import served

__all__ = ["services"]


class Visitor:
    """Somebody with a browser that runs no scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.reads = ""

    async def opens(self, path: str, status: int = 200) -> None:
        answer = await self._client.get(path, follow_redirects=True)
        assert answer.status_code == status, answer.text
        self.reads = answer.text

    async def sends(self, path: str, status: int = 200, **fields: str) -> None:
        """A form of the page that is open, with what it hides and these fields."""
        assert f'action="{path}"' in self.reads, path
        start = self.reads.index(f'action="{path}"')
        shown = self.reads[start : self.reads.index("</form>", start)]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
        answer = await self._client.post(path, data=hidden | fields, follow_redirects=True)
        assert answer.status_code == status, answer.text
        self.reads = answer.text

    async def posts(self, path: str, status: int = 200) -> None:
        """As a mail program does, by itself."""
        answer = await self._client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == status, answer.text
        assert "set-cookie" not in answer.headers
        self.reads = answer.text


@pytest.fixture
async def visitor(services: Services, settings: Settings) -> AsyncIterator[Visitor]:
    apps: list[Any] = [services.intake._transport, services.notify._transport]
    async with served(apps[0].app) as intake, served(apps[1].app) as notification:
        addresses = {"intake_url": intake, "notification_url": notification}
        portal = create(settings.model_copy(update=addresses))
        transport = httpx.ASGITransport(portal)
        async with httpx.AsyncClient(transport=transport, base_url="http://lapor.test") as client:
            yield Visitor(client)
        await portal.state.services.close()


async def test_an_account_proves_and_replaces_its_contact_takes_a_report_and_recovers(
    services: Services, visitor: Visitor
) -> None:
    who = {"name": "Siti", "email": MAIL}
    accepted = (await services.intake.post("/reports", json=form(reporter=who))).json()
    number = accepted["number"]
    opened = await services.intake.post(
        f"/reports/{number}/access", json={"access_code": accepted["access_code"]}
    )
    bearer, contact = header(opened.json()), f"/reports/{number}/contacts/email"
    code = await services.code(f"{contact}/code", bearer)
    assert await services.notify.post(f"{contact}/proof", json={"code": code}, headers=bearer)

    await visitor.opens("/daftar")
    await visitor.sends("/daftar", name="Siti", email=MAIL, password=PASSWORD)
    assert "Verifikasi kontaknya" in visitor.reads
    await visitor.opens("/akun")
    assert "belum diverifikasi" in visitor.reads and MAIL not in visitor.reads
    await visitor.sends("/akun/kontak/email/kode")
    code = code_in(text_of(await services.mailed(2)))
    await visitor.sends("/akun/kontak/email/bukti", code="000 000")
    assert "Kode ini tidak cocok" in visitor.reads
    await visitor.sends("/akun/kontak/email/bukti", code=code)
    assert "sudah diverifikasi" in visitor.reads
    unknown = {"number": str(number), "access_code": "ABCDEFGH"}
    await visitor.sends("/akun/laporan", 404, **unknown)
    assert "Nomor dan kode ini tidak cocok" in visitor.reads
    assert "<details open>" in visitor.reads, "what was typed is seen"
    await visitor.sends(f"/akun/laporan/{number}")
    assert "Laporan itu ada di akun Anda" in visitor.reads

    # The present contact was proven just now: no notice is waited for.
    await visitor.opens("/akun")
    await visitor.sends("/akun/kontak-baru", 422, contact="bukan kontak")
    await visitor.sends("/akun/kontak-baru", contact=NEW)
    code = code_in(text_of(await services.mailed(3)))
    wrong = {"contact": NEW, "code": code, "current_password": OTHER}
    await visitor.sends("/akun/kontak-baru", 422, **wrong)
    assert "Kode Anda sudah benar" in visitor.reads
    await visitor.sends("/akun/kontak-baru", contact=NEW, current_password=PASSWORD)
    assert "Kontak Anda yang baru sudah berlaku" in visitor.reads

    await visitor.sends("/keluar")
    await visitor.opens("/masuk")
    assert "/kata-sandi-hilang" in visitor.reads
    await visitor.opens("/kata-sandi-hilang")
    await visitor.sends("/kata-sandi-hilang", contact=NEW)
    code = code_in(text_of(await services.mailed(4)))
    weak = {"contact": NEW, "code": code, "password": "12345678"}
    await visitor.sends("/kata-sandi-hilang", 422, **weak)
    await visitor.sends("/kata-sandi-hilang", contact=NEW, password=OTHER)
    assert "Kata sandi diubah" in visitor.reads and str(number) in visitor.reads
    assert await services.signs_in(NEW, OTHER) == 200


async def test_the_link_of_a_notice_asks_once_more_and_then_keeps_the_contact(
    services: Services, visitor: Visitor
) -> None:
    await services.asks_to_replace()
    link = re.search(r"/kontak-tetap/\S+", text_of(await services.notice()))
    assert link
    await visitor.opens(link.group())
    assert services.country.one("SELECT count(*) FROM intake.contact_change") == 1
    await visitor.sends(link.group())
    assert "Kontak Anda tidak diganti" in visitor.reads
    assert services.country.one("SELECT count(*) FROM intake.contact_change") == 0


async def test_a_receipt_on_paper_has_number_code_and_the_way_back_and_says_nobody_s_name(
    services: Services, visitor: Visitor
) -> None:
    await visitor.opens("/buat-laporan")
    await visitor.sends(
        "/buat-laporan",
        classification="complaint",
        title="Jalan rusak",
        body="Sudah sebulan.",
        name="Siti",
        email=MAIL,
        langkah="kirim",
    )
    [number] = [str(row[0]) for row in services.country.all("SELECT number FROM intake.submission")]
    paper, beside = visitor.reads.split('<div class="noprint">')
    assert number in paper and 'id="kode"' in paper
    assert "buka http://lapor.test/lacak" in paper
    assert "belum diverifikasi" in beside  # the contact stands on the screen alone
    assert "Siti" not in paper and "@example.org" not in paper
