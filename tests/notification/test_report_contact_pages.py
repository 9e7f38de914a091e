"""The contacts of a report, walked without a browser by whoever holds its number and code."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from shared.clock import now
from shared.labels.dates import due_day
from shared.lifecycle.calendar import Zone
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.policy import Unit
from tests.intake.test_reading import note
from tests.notification.account_services import Services, services, text_of
from tests.notification.conftest import MAIL, PHONE
from tests.notification.report_contacts import OwnReport, made
from tests.notification.test_account_pages import Visitor, visitor

__all__ = ["services", "visitor"]

NEW = "baru@example.net"


async def opened(visitor: Visitor, report: OwnReport) -> str:
    """The report's page, by its number and code."""
    await visitor.opens("/lacak")
    await visitor.sends("/lacak", number=str(report.number), access_code=report.code)
    assert "Kabar untuk Anda" in visitor.reads
    return f"/laporan/{report.number}"


async def replaces(services: Services, visitor: Visitor, page: str) -> None:
    """Another contact is given and shown on the page that is open."""
    before = len(services.mail.got)
    await visitor.sends(f"{page}/kontak-baru", 422, contact="bukan kontak")
    assert visitor.reads.count("aria-current") == 1
    assert '<a href="/lacak" aria-current="true">' in visitor.reads, "it is an own report's"
    await visitor.sends(f"{page}/kontak-baru", contact=NEW)
    code = await services.code_mailed(before)
    await visitor.sends(f"{page}/kontak-baru", 422, contact=NEW, code="000 000")
    await visitor.sends(f"{page}/kontak-baru", contact=NEW, code=code, safe="1")


async def test_a_contact_is_replaced_kept_and_replaced_with_the_present_one_shown(
    services: Services, visitor: Visitor
) -> None:
    report = await made(services)
    await report.proves()
    services.country.all("UPDATE notification.contact SET proven_at = now() - interval '1 day'")
    page = await opened(visitor, report)
    await replaces(services, visitor, page)
    assert "Kontak baru berlaku tujuh hari lagi" in visitor.reads
    assert "Diganti dengan b•••@example.net mulai" in visitor.reads and NEW not in visitor.reads
    await visitor.sends(f"{page}/kontak/email/batal")
    assert "Kontak Anda tetap seperti sekarang" in visitor.reads
    await replaces(services, visitor, page)
    before = len(services.mail.got)
    await visitor.sends(f"{page}/kontak/email/kode")
    code = await services.code_mailed(before)
    await visitor.sends(f"{page}/kontak/email/bukti", code=code)
    assert "Kontak Anda yang baru sudah berlaku" in visitor.reads
    assert "Diganti dengan" not in visitor.reads


async def test_the_link_of_a_report_s_notice_keeps_the_contact_and_speaks_of_no_account(
    services: Services, visitor: Visitor
) -> None:
    report = await made(services)
    await report.asks_to_replace(NEW)
    link = re.search(r"/kontak-laporan/\S+", text_of(await services.notice()))
    assert link
    for cut in (link.group()[:-4], link.group() + "A" * 200):
        await visitor.opens(cut)
        await visitor.sends(cut, 404)
        assert "Tidak ada yang dihentikan" in visitor.reads
        assert "tidak diganti" not in visitor.reads
    shown = [visitor.reads]
    await visitor.opens(link.group())
    shown.append(visitor.reads)
    await visitor.sends(link.group())
    assert "Kontak Anda tidak diganti" in visitor.reads
    for page in (*shown, visitor.reads):
        main = page[page.index("<main") : page.index("</main>")]
        assert "akun" not in main.lower() and "kata sandi" not in main.lower()
    assert services.country.one("SELECT count(*) FROM intake.contact_change") == 0
    await visitor.opens(link.group())
    await visitor.sends(link.group(), 404)
    assert "Bila Anda sudah menekan tombolnya, kontak Anda tetap" in visitor.reads


async def test_a_contact_that_is_not_safe_is_removed_and_another_waits_in_english_too(
    services: Services, visitor: Visitor
) -> None:
    report = await made(services)
    await report.proves()
    page = await opened(visitor, report)
    assert "s•••@example.org" in visitor.reads and MAIL not in visitor.reads
    await visitor.sends(f"{page}/kontak/email/hapus")
    assert "Kontak itu tidak dipakai lagi" in visitor.reads
    assert "s•••@example.org" not in visitor.reads
    await replaces(services, visitor, page)
    assert "Kontak baru b•••@example.net berlaku mulai" in visitor.reads
    await visitor.opens(f"/bahasa/en?ke={page}")
    assert "The new contact b•••@example.net takes effect from" in visitor.reads


async def test_a_contact_of_an_account_that_is_not_safe_needs_the_password(
    services: Services, visitor: Visitor
) -> None:
    await visitor.opens("/daftar")
    await visitor.sends("/daftar", name="Siti", email=MAIL, password="gajah ungu melompat")
    await visitor.opens("/akun")
    await visitor.sends("/akun/kontak/email/hapus", current_password="salah sekali")
    assert "tidak ada apa pun yang dikirim ke sini" not in visitor.reads
    await visitor.sends("/akun/kontak/email/hapus", current_password="gajah ungu melompat")
    assert "tidak ada apa pun yang dikirim ke sini" in visitor.reads
    assert "/akun/kontak/email/kode" not in visitor.reads


async def test_the_receipt_sends_to_the_page_of_the_report_for_what_is_chosen_there(
    visitor: Visitor,
) -> None:
    await visitor.opens("/buat-laporan")
    fields = {"title": "Lampu padam", "body": "Lampu jalan padam sejak Senin.", "anonymous": "1"}
    fields |= {"name": "Siti", "phone": PHONE, "classification": "complaint"}
    await visitor.sends("/buat-laporan", 200, **fields, langkah="periksa")
    await visitor.sends("/buat-laporan", langkah="kirim")
    assert "hanya bila Anda memilihnya di halaman laporan" in visitor.reads
    assert "memilihnya di bawah" not in visitor.reads
    assert "lalu tahu bahwa laporan ini dari Anda" in visitor.reads, "at the agency's office"
    number = visitor.reads.split('id="nomor">')[1].split("<")[0]
    await visitor.opens(f"/laporan/{number}")
    assert "memilihnya di bawah" in visitor.reads and "Kabar apa, lewat mana" in visitor.reads


@pytest.mark.parametrize("safe", [True, False])
async def test_an_unproven_contact_is_told_all_that_news_waits_for(
    services: Services, visitor: Visitor, safe: bool
) -> None:
    who = {"name": "Siti", "email": MAIL, "email_safe": safe}
    page = await opened(visitor, await made(services, reporter=who))
    assert "memastikan kontak ini milik Anda" in visitor.reads
    assert ("dan menyatakan aman dihubungi di sini" in visitor.reads) is not safe
    await visitor.sends(f"{page}/kontak/pilihan", stopped="1")
    assert "memastikan kontak ini milik Anda" not in visitor.reads


@pytest.mark.parametrize("wanted", [True, False])
async def test_news_is_promised_to_a_contact_just_proven_only_where_it_is_sent_there(
    services: Services, visitor: Visitor, wanted: bool
) -> None:
    page = await opened(visitor, await made(services))
    await visitor.sends(f"{page}/kontak/pilihan", email="1" if wanted else "")
    before = len(services.mail.got)
    await visitor.sends(f"{page}/kontak/email/kode")
    code = await services.code_mailed(before)
    await visitor.sends(f"{page}/kontak/email/bukti", code=code)
    assert "Kontak ini sudah diverifikasi" in visitor.reads
    assert ("kabar dikirim ke sini" in visitor.reads) is wanted
    assert ("Kabar tidak dikirim ke sini" in visitor.reads) is not wanted


async def test_the_link_of_a_message_about_a_secret_report_asks_for_the_code(
    services: Services, visitor: Visitor
) -> None:
    report = await made(services, secret=True)
    page = f"/laporan/{report.number}"
    await visitor.opens("/laporan/99999999", 404)
    nobodys = visitor.reads.replace("99999999", str(report.number))
    await visitor.opens(page, 404)
    form = visitor.reads.index("<h1>"), visitor.reads.index("<form")
    assert visitor.reads[slice(*form)] == nobodys[slice(*form)], "nobody learns that there is one"
    assert f'value="{report.number}"' in visitor.reads
    await visitor.sends("/lacak", number=str(report.number), access_code=report.code)
    assert "Kabar untuk Anda" in visitor.reads


async def test_who_has_an_old_access_code_is_told_what_helps_and_a_stranger_the_same(
    services: Services, visitor: Visitor
) -> None:
    report = await made(services)
    page = await opened(visitor, report)
    await visitor.sends(f"{page}/kode-akses")

    async def tries(number: int, code: str) -> str:
        await visitor.opens("/lacak")
        await visitor.sends("/lacak", 404, number=str(number), access_code=code)
        begins = visitor.reads.index('class="errors"')
        assert "/kode-hilang" in visitor.reads
        return visitor.reads[begins : visitor.reads.index("</div>", begins)]

    old = await tries(report.number, report.code)
    assert "Hanya kode akses terbaru yang berlaku" in old and "terverifikasi" in old
    wrong = report.code[:-2] + ("AA" if report.code[-2:] != "AA" else "BB")
    assert old == await tries(report.number, wrong) == await tries(99_999_999, report.code)


async def test_a_link_that_ends_nothing_thanks_nobody_and_says_what_does(
    visitor: Visitor,
) -> None:
    unknown = f"/berhenti/{UUID(int=7)}"
    for link in (unknown, unknown[:-4], f"{unknown}?untuk=pimpinan"):
        for use in (visitor.opens, visitor.posts):
            await use(link, 404)
            assert "Tautan ini tidak kami kenali" in visitor.reads
            for elsewhere in ("/lacak", "/panel/pengaturan/saya", "halaman instansi"):
                assert elsewhere in visitor.reads
            assert "tidak akan menghubungi" not in visitor.reads
            assert 'action="/berhenti/' not in visitor.reads


async def test_a_recovered_code_is_listed_on_the_page_and_looking_at_the_receipt_is_no_use(
    services: Services, visitor: Visitor
) -> None:
    await visitor.opens("/buat-laporan")
    fields = {"title": "Lampu padam", "body": "Lampu jalan padam sejak Senin.", "name": "Siti"}
    await visitor.sends(
        "/buat-laporan", 200, **fields, classification="complaint", email=MAIL, langkah="periksa"
    )
    await visitor.sends("/buat-laporan", langkah="kirim")
    number = services.country.one("SELECT number FROM lifecycle.report")
    contact = f"/laporan/{number}/kontak/email"
    await visitor.sends(f"{contact}/kode")
    code = await services.code_mailed(0)
    await visitor.opens("/tanda-terima")
    await visitor.sends(f"{contact}/bukti", code=code)
    assert "sudah diverifikasi" in visitor.reads, "the receipt goes on showing what was sent"
    await visitor.opens(f"/laporan/{number}")
    assert "Terakhir dipakai:" not in visitor.reads and "Kode baru dibuat:" not in visitor.reads

    lost = {"number": str(number), "contact": MAIL}
    await visitor.opens("/kode-hilang")
    before = len(services.mail.got)
    await visitor.sends("/kode-hilang", 200, **lost)
    await visitor.sends("/kode-hilang", 200, **lost, code=await services.code_mailed(before))
    await visitor.opens(f"/laporan/{number}")
    assert "Kode baru dibuat:" in visitor.reads and "Terakhir dipakai:" not in visitor.reads


@pytest.mark.parametrize(
    ("days", "says"), [(3, "Jawablah paling lambat"), (-3, "Jawaban ditunggu")]
)
async def test_the_page_says_until_when_its_question_is_to_be_answered(
    services: Services, visitor: Visitor, days: int, says: str
) -> None:
    report = await made(services)
    until = now() + timedelta(days=days)
    clock = Clock(
        kind=ClockKind.QUESTION,
        unit=Unit.CALENDAR_DAYS,
        policy_version=1,
        remaining=timedelta(days=7),
        anchor=until - timedelta(days=7),
        deadline=until,
        zone=Zone.WIB,
    )
    note(services.country, report.number, "defer", "Di RT berapa?", deferral="incomplete_data")
    services.country.all(
        "UPDATE lifecycle.report SET status = 'AWAITING_INFORMATION', tab = 'deferred',"
        " state = state || jsonb_build_object('status', 'AWAITING_INFORMATION',"
        " 'question_open', true, 'clocks', jsonb_build_array(%s::jsonb))",
        clock.model_dump_json(),
    )
    read = await services.intake.get(report.path, headers=report.own)
    assert datetime.fromisoformat(read.json()["question_until"]) == until
    await opened(visitor, report)
    assert "Di RT berapa?" in visitor.reads
    assert visitor.reads.count("Pertanyaan kepada Anda") == 2, "the conversation and the history"
    assert "Tunda" not in visitor.reads
    assert f"{says} {due_day(until, Zone.WIB)}" in visitor.reads.replace("sampai ", "")
    services.country.all(
        "UPDATE lifecycle.report SET state = state || '{\"question_open\": false}'"
    )
    read = await services.intake.get(report.path, headers=report.own)
    assert read.json()["question_until"] is None


async def test_how_long_is_left_stands_in_the_language_of_the_page(
    services: Services, visitor: Visitor
) -> None:
    report = await made(services)
    page = await opened(visitor, report)
    for language, left in (("id", "sisa"), ("en", "left")):
        await visitor.opens(f"/bahasa/{language}?ke={page}")
        begins = visitor.reads.index('<p class="now')
        first = visitor.reads[begins : visitor.reads.index("</p>", begins)]
        assert left in first and ("sisa" in first) is (language == "id"), first
