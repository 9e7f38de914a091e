"""A report from a phone to satisfaction, through every page it passes."""

import re
import time

import pytest

from tests.portal.conftest import Meet, Person

pytestmark = pytest.mark.timeout(600)

UNIT = "Dinas Pekerjaan Umum dan Tata Ruang Kabupaten Bandung"
BODY = "Sudah tiga minggu jalan di depan SDN Soreang 1 berlubang.\nDua anak jatuh kemarin pagi."
CORRECTED = "Jalan Berlubang di Depan SDN Soreang 1"
"""The title that the verifier gives: a page has it once the verification is done."""


def submit(citizen: Person, *, anonymous: bool = True) -> tuple[str, str]:
    """Make a report to Kabupaten Bandung; its number and access code."""
    page = citizen.page
    citizen.opens("/buat-laporan")
    page.get_by_label("Judul").fill("jalan berlubang di depan SDN Soreang 1")
    page.get_by_label("Isi laporan").fill(BODY.replace("di depan", "di dpn"))
    for level, name in (("province", "Jawa Barat"), ("regency", "Kabupaten Bandung")):
        page.locator(f"#f-{level}").select_option(label=name)
    citizen.finds_agency("addressee", "kabupaten bandung", "Pemerintah Kabupaten Bandung")
    if anonymous:
        page.get_by_label("Anonim").check()
    page.locator("#f-name").fill("Siti Aminah")
    page.locator("#f-phone").fill("0812 3456 7890")
    page.locator("#f-phone_safe").check()
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    return page.locator("#nomor").inner_text(), page.locator("#kode").inner_text()


def dispose(admin: Person, number: str) -> None:
    """Verify with a corrected text, and hand to the unit."""
    page = admin.page
    admin.opens(f"/panel/laporan/{number}/verify")
    page.locator("#f-title").fill(CORRECTED)
    page.locator("#f-body").fill(BODY)
    page.get_by_label("Pengaduan Tidak Berkadar Pengawasan").check()
    page.locator("#f-category_id").select_option(label="Jalan Berlubang")
    admin.finds_agency("agency_id", "umum tata ruang bandung", UNIT)
    admin.presses("Disposisi")
    finishes(admin, number, CORRECTED)


def follow_up(officer: Person, number: str, words: str) -> None:
    officer.opens(f"/panel/laporan/{number}/follow_up")
    officer.page.locator("[name=outcome][value=done]").check()
    officer.page.locator("#f-text").fill(words)
    officer.presses("Kirim")
    finishes(officer, number, words)


def finishes(person: Person, number: str, done: str, *, at: str = "/panel/laporan/") -> None:
    """What was pressed is said to be done, or saved where the machine is busy, and is done in a
    while: the report's page then reads so."""
    assert any(words in person.reads for words in _TAKEN), person.reads
    until = time.monotonic() + 60
    while done not in person.reads:
        assert time.monotonic() < until, person.reads
        time.sleep(0.3)
        person.opens(f"{at}{number}")


def sees(person: Person, path: str, words: str) -> None:
    """Opens the page until it says so: what somebody else did may take a while."""
    until = time.monotonic() + 60
    person.opens(path)
    while words not in person.reads:
        assert time.monotonic() < until, person.reads
        time.sleep(0.3)
        person.opens(path)


_TAKEN = (
    ": berhasil.",
    "Permintaan diterima.",
    "Permintaan ditolak.",
    "Tanggapan Anda sudah dikirim.",
    "Informasi Anda sudah dikirim.",
    "Laporan ini selesai.",
    "segera dijalankan",
)


def test_a_report_from_a_small_phone_to_satisfaction(meet: Meet) -> None:
    citizen, admin, officer = meet(phone=True), meet(), meet()
    number, code = submit(citizen)
    assert "Pemerintah Kabupaten Bandung akan memverifikasi" in citizen.reads
    assert "Paling lambat" in citizen.reads
    assert citizen.fits

    admin.signs_in("admin.kab.bandung")
    assert "jalan berlubang di depan SDN Soreang 1" in admin.reads
    assert "sisa 3 hari" in admin.reads
    dispose(admin, number)
    assert UNIT in admin.reads
    assert "Siti Aminah" not in admin.page.content()

    officer.signs_in("petugas.pupr.kab.bandung")
    assert "Jalan Berlubang di Depan SDN Soreang 1" in officer.reads
    follow_up(officer, number, "Lubang sudah kami tambal pada Senin pagi.")

    citizen.opens(f"/laporan/{number}")
    assert f"{UNIT} sudah menindaklanjuti. Giliran Anda." in citizen.reads
    assert "Lubang sudah kami tambal" in citizen.reads
    assert citizen.fits
    citizen.page.locator("#reply textarea").fill("Masih ada satu lubang di dekat gerbang.")
    citizen.presses("Kirim tanggapan")
    # The confirmation is what is in view, not the empty form that was just sent.
    said = re.compile("Tanggapan Anda sudah dikirim.|segera dijalankan")
    confirmation = citizen.page.get_by_text(said).first.bounding_box()
    assert confirmation is not None and 0 <= confirmation["y"] < 700
    finishes(citizen, number, f"{UNIT} harus menjawab tanggapan Anda.", at="/laporan/")

    citizen.page.get_by_label("5 – sangat puas").check()
    citizen.presses("Nyatakan Puas")
    finishes(citizen, number, "Anda menyatakan puas", at="/laporan/")
    assert "Anda tidak dapat membukanya kembali" in citizen.reads
    citizen.follows("Buat laporan lanjutan")
    assert f"Lanjutan dari laporan nomor {number}" in citizen.reads
    assert citizen.page.locator("#f-anonymous").is_checked()  # as in the report before
    assert not citizen.page.locator("#f-secret").is_checked()

    neighbour = meet(phone=True)
    neighbour.opens(f"/laporan/{number}")
    assert "Jalan Berlubang di Depan SDN Soreang 1" in neighbour.reads
    assert "dpn" not in neighbour.reads
    neighbour.opens("/lacak")
    neighbour.page.get_by_label("Nomor laporan").fill(number)
    neighbour.page.get_by_label("Kode akses").fill(code.lower())
    neighbour.presses("Lihat laporan")
    assert "Tulisan asli Anda" in neighbour.reads


def test_the_whole_form_works_without_scripts(meet: Meet) -> None:
    citizen = meet(phone=True, scripts=False)
    page = citizen.page
    citizen.opens("/buat-laporan")
    citizen.presses("Periksa jawaban Anda")
    assert "Periksa isian berikut" in citizen.reads
    page.get_by_label("Judul").fill("Lampu jalan padam")
    page.get_by_label("Isi laporan").fill("Lampu di Jalan Melati padam sejak seminggu.")
    page.locator("#f-province").select_option(label="Jawa Barat")
    citizen.presses("Tampilkan pilihan berikutnya")
    page.locator("#f-regency").select_option(label="Kota Bandung")
    page.locator("#f-name").fill("Budi")
    page.locator("#f-email").fill("budi@contoh.id")
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    assert "Laporan Anda sudah diterima" in citizen.reads


def test_a_form_from_another_site_is_refused(meet: Meet) -> None:
    citizen = meet(phone=True)
    citizen.opens("/lacak")
    citizen.page.evaluate("document.querySelector('main [name=csrf]').value = 'guessed'")
    citizen.page.get_by_label("Nomor laporan").fill("10000001")
    citizen.page.get_by_label("Kode akses").fill("ABCDEFGH")
    citizen.presses("Lihat laporan")
    assert "Formulir sudah kedaluwarsa" in citizen.reads


def test_what_was_typed_is_kept_when_the_report_has_moved_on(meet: Meet) -> None:
    citizen, admin, officer, colleague = meet(phone=True), meet(), meet(), meet()
    number, _ = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    for person in (officer, colleague):
        person.signs_in("petugas.pupr.kab.bandung")
        person.opens(f"/panel/laporan/{number}/follow_up")
        person.page.locator("[name=outcome][value=done]").check()
    follow_up(colleague, number, "Sudah dijadwalkan.")

    officer.page.locator("#f-text").fill("Tim kami datang besok pagi.")
    officer.presses("Kirim")
    assert "Sudah berubah" in officer.reads or "berubah" in officer.reads
    assert officer.page.locator("#f-text").input_value() == "Tim kami datang besok pagi."
    officer.presses("Kirim")
    finishes(officer, number, "Tim kami datang besok pagi.")


def test_who_is_not_signed_in_comes_back_to_the_page_wanted(meet: Meet) -> None:
    citizen, admin = meet(phone=True), meet()
    number, _ = submit(citizen, anonymous=False)
    admin.opens(f"/panel/laporan/{number}")
    assert "Masuk panel pengelola" in admin.reads
    admin.page.get_by_label("Nama pengguna").fill("admin.kab.bandung")
    admin.page.get_by_label("Kata sandi").fill(admin.portal.password)
    admin.presses("Masuk")
    assert f"#{number}" in admin.reads
    assert "Siti Aminah" in admin.reads
