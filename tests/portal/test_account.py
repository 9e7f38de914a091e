"""One's own account: the password, and a second factor that is put on and taken off."""

import time

import httpx
import pyotp
import pytest

from tests.portal.conftest import Meet, Person, Portal
from tests.portal.test_management import CHOSEN, chooses_password, look, signs_in

pytestmark = pytest.mark.timeout(600)
LATER = "kereta hijau 7"


def test_somebody_changes_their_password_and_signs_in_with_it(meet: Meet) -> None:
    person, elsewhere = newcomer(meet, "tari.sandi", "Tari Sandi"), meet()
    signs_in(elsewhere, "tari.sandi")
    person.page.get_by_role("link", name="Tari Sandi").click()
    person.page.wait_for_url("**/panel/akun")
    assert "tari.sandi" in person.reads
    look(person, "account")
    changes(person, "bukan ini 123", LATER, LATER)
    assert "Kata sandi sekarang salah." in person.reads
    changes(person, CHOSEN, LATER, LATER + "0")
    assert "Kedua kata sandi berbeda." in person.reads
    changes(person, CHOSEN, "tari.sandi.1", "tari.sandi.1")
    assert "Kata sandi tidak boleh memuat nama pengguna." in person.reads
    assert person.page.get_by_label("Kata sandi baru", exact=True).input_value() == ""
    changes(person, CHOSEN, LATER, LATER)
    assert "Kata sandi diubah, dan semua sesi berakhir." in person.reads

    elsewhere.opens("/panel")
    assert "Masuk panel pengelola" in elsewhere.reads
    signs_in(person, "tari.sandi")
    assert "Gagal masuk" in person.reads
    person.page.get_by_label("Nama pengguna").fill("tari.sandi")
    person.page.get_by_label("Kata sandi").fill(LATER)
    person.presses("Masuk")
    assert "Tugas Saya" in person.reads


def test_a_second_factor_is_put_on_and_taken_off_with_a_code(meet: Meet) -> None:
    person = newcomer(meet, "gita.dua", "Gita Dua")
    person.opens("/panel/akun")
    person.follows("Pasang faktor kedua")
    person.page.get_by_label("Nama pengguna").fill("gita.dua")
    person.page.get_by_label("Kata sandi").fill("salah sekali 1")
    person.presses("Lanjut")
    assert "Gagal masuk" in person.reads
    person.page.get_by_label("Kata sandi").fill(CHOSEN)
    person.presses("Lanjut")
    authenticator = pyotp.TOTP(person.page.locator(".code").inner_text())
    person.page.get_by_label("Kata sandi").fill(CHOSEN)
    person.page.locator("#f-code").fill("000000")
    person.presses("Pasang")
    assert "Kode salah" in person.reads
    person.page.get_by_label("Kata sandi").fill(CHOSEN)
    person.page.locator("#f-code").fill(authenticator.now())
    person.presses("Pasang")
    recovery = person.page.locator("main li").first.inner_text()
    signs_in(person, "gita.dua", authenticator.at(int(time.time()) + 30))  # the next code
    person.opens("/panel/akun")
    assert "Terpasang." in person.reads
    person.page.get_by_text("Lepas faktor kedua").first.click()
    look(person, "account_second_factor")
    takes_off(person, "000000")
    assert "Kode salah" in person.reads
    takes_off(person, recovery)
    assert "Faktor kedua dilepas" in person.reads
    signs_in(person, "gita.dua")
    assert "Tugas Saya" in person.reads


def test_what_was_managed_stands_in_a_log_of_the_own_agency_and_below(meet: Meet) -> None:
    newcomer(meet, "log.satu", "Nadia Log")
    admin, beside, officer = meet(phone=True), meet(), meet()
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/pengguna?q=log.satu")
    admin.follows("Nadia Log")
    admin.page.get_by_label("Nama", exact=True).fill("Nadia Catatan")
    admin.presses("Ubah")
    admin.opens("/panel/pengaturan")
    admin.follows("Riwayat Pengelolaan")
    latest = admin.page.locator(".list > li").first.inner_text()
    assert "Mengubah pengguna: Nadia Catatan" in latest
    assert "Nama: dari Nadia Log menjadi Nadia Catatan" in latest
    look(admin, "management_log")
    beside.signs_in("koordinator.kota.bandung")
    beside.opens("/panel/riwayat")
    assert "Nadia" not in beside.reads
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens("/panel/pengaturan")
    assert "Riwayat Pengelolaan" not in officer.reads
    officer.opens("/panel/riwayat")
    assert "Tidak berwenang" in officer.reads


def test_a_copied_cookie_is_worth_nothing_once_its_person_has_left(
    meet: Meet, portal: Portal
) -> None:
    staff, reporter = meet(), meet()
    staff.signs_in("admin.kab.bandung")
    reporter.opens("/daftar")
    reporter.page.locator("#f-name").fill("Salinan Kue")
    reporter.page.locator("#f-email").fill("salinan@contoh.id")
    reporter.page.locator("#f-password").fill("bebek menari di sawah")
    reporter.presses("Daftar")
    for person, page, leaving in (
        (staff, "/panel", "/panel/keluar"),
        (reporter, "/laporan-saya", "/keluar"),
    ):
        cookies = {str(c["name"]): str(c["value"]) for c in person.page.context.cookies()}
        with httpx.Client(base_url=portal.address, cookies=cookies, timeout=30) as copy:
            assert copy.get(page).status_code == 200
            person.opens(page)
            with person.page.expect_event("load"):
                person.page.locator(f"form[action='{leaving}'] button:not([hidden])").click()
            assert copy.get(page).status_code == 303
        # What the browser keeps for signing in again opens nothing by itself.
        marks = {name: value for name, value in cookies.items() if name.endswith("dikenal")}
        assert len(marks) == (1 if person is staff else 0)
        with httpx.Client(base_url=portal.address, cookies=marks, timeout=30) as known:
            assert known.get(page).status_code == 303


def newcomer(meet: Meet, username: str, name: str) -> Person:
    """Somebody new at a unit, who has chosen a password and signed in."""
    admin, person = meet(), meet(phone=True)
    admin.signs_in("koordinator.kab.bandung")
    admin.opens("/panel/pengguna/tambah")
    admin.page.get_by_label("Nama pengguna").fill(username)
    admin.page.get_by_label("Nama", exact=True).fill(name)
    admin.presses("Tambah")
    chooses_password(person, admin.page.get_by_label("Tautan untuk memilih").input_value())
    signs_in(person, username)
    return person


def changes(person: Person, present: str, new: str, again: str) -> None:
    person.page.get_by_label("Kata sandi sekarang").fill(present)
    person.page.get_by_label("Kata sandi baru", exact=True).fill(new)
    person.page.get_by_label("Ulangi kata sandi baru").fill(again)
    person.presses("Ubah kata sandi")


def takes_off(person: Person, code: str) -> None:
    person.page.locator("#f-own_password").fill(CHOSEN)
    person.page.locator("#f-code").fill(code)
    person.presses("Lepas faktor kedua")
