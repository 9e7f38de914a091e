"""The panel's further pages: requests, deferral, revealing, manual reports, sessions."""

import re
import time

import pytest

from tests.portal.by_request import dispose, follow_up, submit
from tests.portal.conftest import Meet, Person
from tests.portal.test_one_story import UNIT, finishes, sees

pytestmark = pytest.mark.timeout(600)

TWICE = """async () => {
  const form = document.querySelector("#formulir"), data = new FormData(form);
  data.append("langkah", "kirim");
  const send = () => fetch(form.action, {method: "POST", body: data, redirect: "manual"});
  await Promise.all([send(), send()]);
}"""


def test_a_request_to_hold_is_asked_and_decided(meet: Meet) -> None:
    citizen, admin, officer = meet(phone=True), meet(), meet()
    number, _ = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    officer.signs_in("petugas.pupr.kab.bandung")
    dispose(admin, number)
    follow_up(officer, number, "Perbaikan dijadwalkan.")
    officer.opens(f"/panel/laporan/{number}/request_hold")
    officer.page.locator("#f-reason").fill("Menunggu aspal.")
    officer.presses("Kirim permintaan")
    finishes(officer, number, "Tarik Permintaan")

    admin.opens("/panel?tab=requests")
    admin.follows("Jalan Berlubang di Depan SDN Soreang 1")
    assert "Menunggu aspal." in admin.reads
    admin.presses("Terima")
    finishes(admin, number, "Ditahan")
    citizen.opens(f"/laporan/{number}")
    assert "Menunggu aspal." not in citizen.reads


def test_a_unit_says_it_is_not_its_authority_and_the_admin_decides(meet: Meet) -> None:
    admin, officer = meet(), meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    officer.signs_in("petugas.pupr.kab.bandung")
    dispose(admin, number)
    officer.opens(f"/panel/laporan/{number}/request_not_authority")
    officer.finds_agency("suggested_agency_id", "dinas bandung", "Kabupaten Bandung")
    officer.page.locator("#f-reason").fill("Jalan ini milik provinsi.")
    officer.presses("Kirim permintaan")
    finishes(officer, number, "Tarik Permintaan")
    admin.opens(f"/panel/laporan/{number}")
    assert "Jalan ini milik provinsi." in admin.reads
    assert "Verifikasi Ulang" in admin.reads
    admin.page.get_by_label("Alasan").fill("Ruas ini milik kabupaten.")
    admin.presses("Tolak Bukan Wewenang")
    assert "Permintaan ditolak." in admin.reads or "segera dijalankan" in admin.reads
    sees(officer, f"/panel/laporan/{number}", "Ditolak")
    assert "Tindak Lanjut" in officer.reads


def test_the_reporter_is_asked_and_answers(meet: Meet) -> None:
    citizen, admin = meet(phone=True), meet()
    number, _ = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    admin.opens(f"/panel/laporan/{number}/defer")
    admin.page.get_by_label("Data belum lengkap").first.check()
    admin.page.locator("#f-note").fill("Di dekat gerbang yang mana?")
    admin.presses("Tunda")
    # The contact was never proven: no message can go.
    sees(admin, "/panel/cara-lain", f"#{number}")
    admin.presses(f"Sudah diberi tahu: laporan {number}")
    assert f"Dicatat: pelapor #{number} sudah diberi tahu." in admin.page.content()
    assert admin.page.get_by_role("link", name=f"#{number}").count() == 0
    sees(citizen, f"/laporan/{number}", "Giliran Anda")
    assert "Di dekat gerbang yang mana?" in citizen.reads
    citizen.page.locator("#complete_information textarea").fill("Gerbang timur.")
    citizen.presses("Kirim informasi")
    finishes(citizen, number, "sedang memeriksa informasi tambahan", at="/laporan/")
    admin.opens(f"/panel/laporan/{number}")
    assert re.search(r"Admin Instansi, \S.*\n? *· *Tunda", admin.reads), "role, then agency"
    admin.opens("/panel?tab=deferred")
    assert "Menunggu Evaluasi Kelengkapan Informasi" in admin.reads


def test_only_pusat_reveals_an_anonymous_reporter_and_it_is_logged(meet: Meet) -> None:
    pusat, second, admin = meet(), meet(), meet()
    number, _ = submit(pusat.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens(f"/panel/laporan/{number}")
    assert "Buka identitas" not in admin.page.content()
    pusat.signs_in("admin.pusat")
    pusat.opens(f"/panel/laporan/{number}")
    assert "Siti Aminah" not in pusat.page.content()
    pusat.page.get_by_text("Buka identitas pelapor").click()
    pusat.page.locator("#f-reason").fill("Permintaan pengadilan.")
    pusat.page.locator("#f-reason_class").select_option(label="Penegakan hukum")
    pusat.presses("Minta persetujuan")
    assert "menunggu orang kedua" in pusat.reads
    assert "Siti Aminah" not in pusat.page.content()
    second.signs_in("admin.pusat2")
    second.opens("/panel")
    assert "menunggu persetujuan Anda" in second.reads
    second.opens("/panel/persetujuan")
    asked = second.page.locator("section", has_text=f"#{number}")
    assert "Permintaan pengadilan." in asked.inner_text()
    assert "Pelapor diberi tahu: penegakan hukum" in asked.inner_text()
    asked.get_by_role("button", name="Setujui").click()
    assert "Keputusan Anda dicatat" in second.reads
    pusat.opens(f"/panel/laporan/{number}")
    pusat.presses("Buka identitas")
    assert "Siti Aminah" in pusat.reads
    assert "Identitas pelapor dibuka" in pusat.reads


def test_danger_to_life_opens_at_once_and_the_others_of_pusat_see_it(meet: Meet) -> None:
    pusat, second = meet(), meet()
    number, _ = submit(pusat.portal)
    pusat.signs_in("admin.pusat")
    pusat.opens(f"/panel/laporan/{number}")
    pusat.page.get_by_text("Buka identitas pelapor").click()
    pusat.page.locator("#f-reason").fill("Pelapor menulis akan bunuh diri.")
    pusat.page.get_by_label("Darurat: ancaman jiwa").check()
    pusat.presses("Minta persetujuan")
    assert "Siti Aminah" in pusat.reads
    second.signs_in("admin.pusat2")
    second.opens("/panel")
    assert f"laporan #{number} dibuka darurat" in second.reads
    second.opens("/panel/persetujuan")
    asked = second.page.locator("section", has_text=f"#{number}")
    asked.get_by_role("button", name="Konfirmasi").click()
    second.opens("/panel")
    assert f"laporan #{number} dibuka darurat" not in second.reads


def test_a_letter_is_entered_and_disposed_in_one_step(meet: Meet) -> None:
    admin = meet()
    page = admin.page
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/buat")
    page.locator("#f-channel").select_option("letter")
    page.locator("#f-title").fill("Selokan Mampet di Pasar Soreang")
    page.locator("#f-body").fill("Selokan di belakang pasar mampet dan meluap.")
    page.locator("#f-name").fill("Pak Dedi")
    page.locator("#f-phone").fill("081298765432")
    page.locator("#f-category").select_option(label="Jalan Berlubang")
    page.get_by_label("Langsung verifikasi dan disposisikan").check()
    page.get_by_label("Pengaduan Tidak Berkadar Pengawasan").check()
    admin.finds_agency("unit", "umum tata ruang bandung", UNIT)
    page.locator("main button.big").click()
    page.wait_for_selector("#tanda-terima")
    assert "Sudah didisposisikan." in admin.reads
    assert len(page.locator("#kode").inner_text()) == 8
    page.get_by_role("link", name="Lihat laporan").click()
    assert UNIT in admin.reads


def test_a_form_sent_twice_does_its_work_once(meet: Meet) -> None:
    admin, officer = meet(), meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens(f"/panel/laporan/{number}/follow_up")
    officer.page.locator("[name=outcome][value=done]").check()
    officer.page.locator("#f-text").fill("Sudah ditambal.")
    officer.page.evaluate(TWICE)
    until = time.monotonic() + 60
    while not (said := officer.page.locator("article.said", has_text="Sudah ditambal.").count()):
        assert time.monotonic() < until, officer.reads
        officer.opens(f"/panel/laporan/{number}")
    assert said == 1


def test_a_session_that_has_run_out_is_renewed_unnoticed(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("admin.kab.bandung")
    _change_cookie(admin, access="run.out.token")
    admin.opens("/panel?tab=closed")
    assert "Kelola Laporan" in admin.reads
    _change_cookie(admin, access="run.out.token", refresh="nobody's")
    admin.opens("/panel?tab=closed")
    assert "Masuk panel pengelola" in admin.reads


def test_staff_reads_well_on_a_phone(meet: Meet) -> None:
    admin = meet(phone=True)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    assert admin.fits
    for page in (f"/panel/laporan/{number}", f"/panel/laporan/{number}/verify", "/panel/buat"):
        admin.opens(page)
        assert admin.fits


def _change_cookie(person: Person, **tokens: str) -> None:
    """As the browser would hold it after a long while."""
    [sealed] = [cookie for cookie in person.cookies() if cookie["name"] == "lapor_panel"]
    value = person.portal.panel_cookie_with(sealed["value"], **tokens)
    person.page.context.add_cookies([{**sealed, "value": value}])
