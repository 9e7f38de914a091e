"""What somebody wrote is there again after their session ended; nobody else gets to see it."""

import io

import pytest
from PIL import Image
from playwright.sync_api import FilePayload

from tests.portal.by_request import dispose, follow_up, submit
from tests.portal.conftest import Meet, Person
from tests.portal.test_one_story import finishes

pytestmark = pytest.mark.timeout(600)

WORDS = "Kami sudah mengukur lubangnya dan memesan aspal."


def enter(person: Person, username: str) -> None:
    """Sign in on the page that is open."""
    person.page.locator("#f-username").fill(username)
    person.page.locator("#f-password").fill(person.portal.password)
    person.presses("Masuk")


def _photo() -> FilePayload:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(made, "JPEG")
    return {"name": "lubang.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.nightly)])
def test_a_session_that_ends_while_staff_write_loses_no_word_and_no_file(
    meet: Meet, scripts: bool
) -> None:
    admin, officer = meet(), meet(scripts=scripts)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens(f"/panel/laporan/{number}/follow_up")
    officer.page.locator("[name=outcome][value=done]").check()
    officer.page.locator("#f-text").fill(WORDS)
    officer.page.get_by_label("Rahasia").check()
    officer.page.locator("#f-attachments").set_input_files(_photo())
    if scripts:
        officer.page.locator("[name=attachments_tersimpan]").wait_for()
    officer.page.context.clear_cookies()
    officer.presses("Kirim")
    assert "yang Anda tulis masih ada" in officer.reads
    enter(officer, "petugas.pupr.kab.bandung")
    assert officer.page.url.endswith(f"/panel/laporan/{number}/follow_up")
    assert officer.page.locator("#f-text").input_value() == WORDS
    assert officer.page.get_by_label("Rahasia").is_checked()
    officer.presses("Kirim")
    finishes(officer, number, "lubang.jpg")
    assert officer.reads.count(WORDS) == 1


def test_another_person_who_signs_in_there_sees_none_of_it(meet: Meet) -> None:
    admin, officer = meet(), meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens(f"/panel/laporan/{number}/follow_up")
    officer.page.locator("[name=outcome][value=done]").check()
    officer.page.locator("#f-text").fill(WORDS)
    officer.page.context.clear_cookies()
    officer.presses("Kirim")
    assert WORDS not in officer.page.content()
    enter(officer, "admin.kab.bandung")
    assert "tulisan orang lain" in officer.reads
    assert WORDS not in officer.page.content()

    # Nor where the other one is signed in already when the form is sent.
    officer.opens(f"/panel/laporan/{number}/follow_up")
    officer.page.locator("[name=outcome][value=done]").check()
    officer.page.locator("#f-text").fill(WORDS)
    cookies = _signed_in(meet, "petugas.pupr.kab.bandung").cookies()
    officer.page.context.clear_cookies()
    officer.page.context.add_cookies(cookies)
    officer.presses("Kirim")
    assert "Formulir sudah kedaluwarsa" in officer.reads
    assert WORDS not in officer.page.content()


def test_who_signed_in_anew_in_another_tab_sends_the_form_of_the_first(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens(f"/panel/laporan/{number}/archive")
    admin.page.locator("#f-note").fill(WORDS)
    admin.page.context.add_cookies(_signed_in(meet, "admin.kab.bandung").cookies())
    admin.presses("Arsipkan")
    assert "Formulir sudah kedaluwarsa" in admin.reads
    assert admin.page.locator("#f-note").input_value() == WORDS


@pytest.mark.parametrize("gone", ["cookies", pytest.param("access", marks=pytest.mark.nightly)])
def test_a_reporters_reply_outlives_the_access_to_the_report(meet: Meet, gone: str) -> None:
    citizen, admin, officer = meet(phone=True), meet(), meet()
    number, code = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    officer.signs_in("petugas.pupr.kab.bandung")
    follow_up(officer, number, "Sudah ditambal.")
    citizen.opens(f"/laporan/{number}")
    citizen.page.locator("#reply textarea").fill(WORDS)
    citizen.page.context.clear_cookies()
    if gone == "access":  # a browser that has been elsewhere on the site since
        citizen.page.request.get(citizen.portal.address + "/lacak")
    citizen.presses("Kirim tanggapan")
    assert WORDS not in citizen.page.content()
    assert "Yang Anda tulis masih ada" in citizen.reads
    citizen.page.locator("#f-access_code").fill(code)
    citizen.presses("Lihat laporan")
    assert citizen.page.locator("#reply textarea").input_value() == WORDS
    citizen.presses("Kirim tanggapan")
    finishes(citizen, number, WORDS, at="/laporan/")


def test_words_about_a_secret_report_outlive_the_access_to_it(meet: Meet) -> None:
    citizen = meet(phone=True)
    page = citizen.page
    citizen.opens("/buat-laporan?rahasia=1")
    page.locator("#f-title").fill("Pungutan liar")
    page.locator("#f-body").fill("Petugas meminta uang untuk surat yang gratis.")
    page.locator("#f-name").fill("Siti Aminah")
    page.locator("#f-phone").fill("081234567890")
    citizen.presses("Periksa jawaban Anda")
    assert "instansi yang menangani melihat nama dan kontak Anda" in citizen.reads
    citizen.presses("Jadikan anonim")
    assert "instansi tidak melihat nama dan kontak Anda" in citizen.reads
    citizen.presses("Kirim laporan")
    number, code = page.locator("#nomor").inner_text(), page.locator("#kode").inner_text()
    citizen.opens(f"/laporan/{number}")
    page.locator("#withdraw summary").click()
    page.locator("#withdraw textarea").fill(WORDS)
    page.context.clear_cookies()
    with page.expect_event("load"):
        page.locator("#withdraw button.big").click()
    assert "Yang Anda tulis masih ada" in citizen.reads
    page.locator("#f-access_code").fill(code)
    citizen.presses("Lihat laporan")
    assert page.locator("#withdraw textarea").input_value() == WORDS


def test_a_report_being_written_outlives_the_cookie(meet: Meet) -> None:
    citizen = meet(phone=True)
    citizen.opens("/buat-laporan")
    citizen.page.locator("#f-title").fill("Pungutan liar")
    citizen.page.locator("#f-body").fill(WORDS)
    citizen.page.context.clear_cookies()
    citizen.presses("Periksa jawaban Anda")
    assert "Formulir sudah kedaluwarsa" in citizen.reads
    assert citizen.page.locator("#f-body").input_value() == WORDS


def test_another_site_cannot_put_words_into_our_forms(meet: Meet) -> None:
    citizen = meet(phone=True)
    citizen.opens("/buat-laporan")
    page = citizen.page.locator("[name=halaman]").first.input_value()
    answer = citizen.page.request.post(
        citizen.portal.address + "/buat-laporan",
        form={"csrf": "x", "halaman": page, "title": "Pancingan", "langkah": "periksa"},
        headers={"Origin": "https://lain.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status == 403
    assert "Pancingan" not in answer.text()


def test_enter_without_scripts_keeps_what_was_typed(meet: Meet) -> None:
    admin = meet(scripts=False)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/webhook")
    admin.page.locator("#f-url").fill("https://sistem.contoh.go.id/lapor")
    with admin.page.expect_event("load"):
        admin.page.locator("#f-url").press("Enter")
    assert "Belum dikirim" in admin.reads
    assert admin.page.locator("#f-url").input_value() == "https://sistem.contoh.go.id/lapor"


def _signed_in(meet: Meet, username: str) -> Person:
    person = meet()
    person.signs_in(username)
    return person
