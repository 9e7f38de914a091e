"""A reporter proves a phone number, is told, chooses, and recovers a lost code: in the browser."""

import re
import time

import pytest

from deploy.local.mailbox.kept import MessageStore
from tests.portal.conftest import Meet, Person
from tests.portal.test_one_story import submit

pytestmark = pytest.mark.timeout(600)


def newest_code(person: Person, count: int) -> str:
    """The code in the newest text message, once so many have come with one."""
    kept, deadline = MessageStore(person.portal.postgres.data_dir), time.monotonic() + 60
    while time.monotonic() < deadline:
        codes = [found[0] for sms in kept.texts() if (found := re.findall(r"\b\d{6}\b", sms.text))]
        if len(codes) >= count:
            return str(codes[0])
        time.sleep(0.1)
    raise AssertionError("no code came")


def test_a_phone_is_proven_on_the_receipt_and_gets_a_lost_code_back(meet: Meet) -> None:
    citizen = meet(phone=True)
    kept = MessageStore(citizen.portal.postgres.data_dir)
    before = len([sms for sms in kept.texts() if re.search(r"\b\d{6}\b", sms.text)])
    number, code = submit(citizen, anonymous=False)
    assert "belum diverifikasi" in citizen.reads
    citizen.presses("Kirim kode ke nomor ini")
    assert "Kode sudah dikirim" in citizen.reads
    citizen.page.get_by_label("Kode enam angka dari SMS").fill("000 000")
    citizen.presses("Verifikasi")
    assert "Kode ini tidak cocok" in citizen.reads
    assert citizen.page.locator("#kabar-untuk-anda .notice").is_visible()  # beside the field
    citizen.page.get_by_label("Kode enam angka dari SMS").fill(newest_code(citizen, before + 1))
    citizen.presses("Verifikasi")
    assert "sudah diverifikasi" in citizen.reads
    # The code is still on the receipt: proving did not cost it.
    assert citizen.page.locator("#kode").inner_text() == code
    assert citizen.fits

    forgetful = meet(phone=True)
    forgetful.opens("/lacak")
    forgetful.follows("Dapatkan yang baru")
    for contact in ("081299990000", "0812 3456 7890"):
        forgetful.page.locator("#f-number").fill(number)
        forgetful.page.locator("#f-contact").fill(contact)
        forgetful.presses("Kirim kode")
        assert "Bila nomor laporan dan kontak itu cocok" in forgetful.reads
        if contact.startswith("081299"):
            forgetful.follows("Minta kode lagi")
    forgetful.page.locator("#f-code").fill(newest_code(forgetful, before + 2))
    forgetful.presses("Dapatkan kode akses baru")
    assert forgetful.page.locator("#kode").inner_text() != code
    forgetful.follows("Kembali ke laporan saya")
    # What was said with the report: text messages may come.
    forgetful.page.get_by_text("Kabar apa, lewat mana").click()
    assert forgetful.page.locator("#kabar-untuk-anda [name=sms]").is_checked()
    assert "belum menyatakan aman" not in forgetful.reads
    forgetful.presses("Jangan hubungi saya")
    assert "Anda meminta untuk tidak dihubungi" in forgetful.reads
    # What the former code had opened has ended.
    citizen.opens(f"/laporan/{number}")
    assert "Kabar untuk Anda" not in citizen.reads
    assert forgetful.troubles == citizen.troubles == []
