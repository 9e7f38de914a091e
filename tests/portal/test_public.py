"""The public site's further pages: accounts, files, what neighbours may see."""

import io
import re

import pytest
from PIL import Image

from tests.portal.by_request import dispose, follow_up, submit
from tests.portal.conftest import Meet, Portal
from tests.portal.prepared import Prepared
from tests.portal.reading import Reader

pytestmark = pytest.mark.timeout(600)


def test_the_list_of_public_reports_has_pages(portal: Portal) -> None:
    prepared = Prepared(portal)
    for place in range(21):
        prepared.verified(f"Lampu jalan padam {place}", "dlh-kota-semarang")
    reader = Reader(portal)
    first = reader.opens("/laporan")
    assert first.status == 200
    [following] = [link for link in first.links if "lanjut=" in link]
    second = reader.opens(following)
    assert second.status == 200
    of_reports = [
        {link for link in page.links if re.fullmatch(r"/laporan/\d+", link)}
        for page in (first, second)
    ]
    assert len(of_reports[0]) == 20
    assert of_reports[1] and not of_reports[0] & of_reports[1]
    reader.http.close()


def test_an_account_keeps_its_reports_together(meet: Meet) -> None:
    citizen = meet(phone=True)
    page = citizen.page
    citizen.opens("/daftar")
    page.locator("#f-name").fill("Rina Marlina")
    page.locator("#f-email").fill("rina@contoh.id")
    page.locator("#f-password").fill("gajah ungu melompat")
    citizen.presses("Daftar")
    assert "Akun Anda sudah dibuat." in citizen.reads
    citizen.opens("/buat-laporan")
    assert page.locator("#f-phone").count() == 0
    page.locator("#f-title").fill("Lampu jalan padam")
    page.locator("#f-body").fill("Lampu di Jalan Melati padam sejak seminggu.")
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    citizen.opens("/laporan-saya")
    citizen.follows("Lampu jalan padam")
    assert "sedang memeriksa laporan Anda" in citizen.reads

    with page.expect_event("load"):
        page.get_by_role("button", name="Keluar").click()
    citizen.opens("/laporan-saya")
    page.locator("#f-contact").fill("rina@contoh.id")
    page.locator("#f-password").fill("salah salah salah")
    citizen.presses("Masuk")
    assert "Gagal masuk" in citizen.reads
    page.locator("#f-password").fill("gajah ungu melompat")
    citizen.presses("Masuk")
    assert "Lampu jalan padam" in citizen.reads


def test_a_picture_is_sent_and_seen_by_who_may(meet: Meet) -> None:
    citizen, admin, neighbour = meet(phone=True), meet(), meet(phone=True)
    page = citizen.page
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    citizen.opens("/buat-laporan")
    page.locator("#f-title").fill("Tiang listrik miring")
    page.locator("#f-body").fill("Tiang di depan balai desa hampir roboh.")
    page.locator("#f-name").fill("Asep")
    page.locator("#f-phone").fill("081234567891")
    citizen.finds_agency("addressee", "kabupaten bandung", "Pemerintah Kabupaten Bandung")
    page.locator("#f-attachments").set_input_files(
        {"name": "tiang.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    number = page.locator("#nomor").inner_text()
    citizen.opens(f"/laporan/{number}")
    link = page.get_by_role("link", name="tiang.jpg").get_attribute("href")
    assert link is not None
    assert page.request.get(citizen.portal.address + link).status == 200
    assert neighbour.page.request.get(citizen.portal.address + link).status == 404

    admin.signs_in("admin.kab.bandung")
    admin.opens(f"/panel/laporan/{number}")
    link = admin.page.get_by_role("link", name="tiang.jpg").get_attribute("href")
    assert link is not None
    assert admin.page.request.get(citizen.portal.address + link).status == 200
    admin.opens(f"/panel/laporan/{number}")
    assert "Lampiran diunduh" in admin.reads


def test_what_the_agency_keeps_secret_the_neighbours_do_not_read(meet: Meet) -> None:
    citizen, admin, officer = meet(phone=True), meet(), meet()
    number, _ = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    officer.signs_in("petugas.pupr.kab.bandung")
    follow_up(officer, number, "Jadwal kami minggu depan.")
    officer.opens(f"/panel/laporan/{number}/follow_up")
    officer.page.locator("[name=outcome][value=done]").check()
    officer.page.locator("#f-text").fill("Pemilik lahan menolak pembebasan.")
    officer.page.get_by_label("Rahasia").check()
    officer.presses("Kirim")
    citizen.opens(f"/laporan/{number}")
    assert "Pemilik lahan" in citizen.reads
    neighbour = meet(phone=True)
    neighbour.opens("/laporan?q=berlubang")
    neighbour.opens(f"/laporan/{number}")
    history, box = (
        neighbour.page.locator(place).bounding_box() for place in ("ol.steps", "ol.steps ~ .card")
    )
    assert history and box
    assert history["y"] + history["height"] + 8 <= box["y"]  # its line does not run into the box
    assert "Jadwal kami minggu depan." in neighbour.reads
    assert "Pemilik lahan" not in neighbour.reads


def test_the_way_of_a_report_is_in_english_for_who_reads_english(meet: Meet) -> None:
    citizen = meet(phone=True, locale="en-GB")
    page = citizen.page
    citizen.opens("/buat-laporan")
    assert "At most 3,000 characters." in citizen.reads
    citizen.presses("Check your answers")
    assert "Check these answers" in citizen.reads  # what the service finds wrong comes in English
    assert _indonesian(citizen.reads) == []
    page.locator("#f-title").fill("Street light")
    page.locator("#f-body").fill("It has been dark for a week.")
    page.locator("#f-name").fill("Ann")
    page.locator("#f-email").fill("ann@contoh.id")
    page.get_by_label("Secret").check()
    citizen.presses("Check your answers")
    assert _indonesian(citizen.reads) == []
    citizen.presses("Send the report")
    assert "Your report has been received" in citizen.reads
    assert _indonesian(citizen.reads) == []
    citizen.follows("See my report")
    assert "is checking your report." in citizen.reads
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert _indonesian(citizen.reads) == []
    citizen.page.locator("#withdraw textarea").fill("It is lit again.")
    citizen.presses("Withdraw the report")
    assert "Your report has been withdrawn." in citizen.reads
    assert _indonesian(citizen.reads) == []
    page.get_by_role("link", name="Bahasa Indonesia").click()
    page.get_by_role("link", name="English").wait_for()
    assert "Laporan Anda" in citizen.reads


def _indonesian(words: str) -> list[str]:
    return re.findall(r"\b(?:Anda|laporan|yang|dengan|belum|tidak|sisa|hari lalu)\b", words, re.I)


def test_an_unknown_page_says_so(meet: Meet) -> None:
    person = meet(phone=True)
    person.opens("/tidak-ada")
    assert "Tidak ditemukan" in person.reads
    person.opens("/laporan/99999999")
    assert "Tidak ada laporan dengan nomor ini" in person.reads
