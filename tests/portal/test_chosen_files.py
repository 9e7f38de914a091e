"""Files chosen in a form survive every step until it is sent, and no other browser finds them."""

import io
import re

import httpx
import pytest
from PIL import Image
from playwright.sync_api import FilePayload

from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Meet, Person
from tests.portal.test_one_story import finishes

pytestmark = pytest.mark.timeout(600)


def picture(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(made, "JPEG")
    return made.getvalue()


def choose(person: Person, *names: str, content: bytes | None = None) -> None:
    files: list[FilePayload] = [
        {"name": name, "mimeType": "image/jpeg", "buffer": content or picture()} for name in names
    ]
    person.page.locator("#f-attachments, #f-reply-attachments").first.set_input_files(files)


@pytest.mark.parametrize("scripts", [True, False])
def test_files_survive_search_province_errors_and_review(meet: Meet, scripts: bool) -> None:
    citizen = meet(phone=True, scripts=scripts)
    page = citizen.page
    citizen.opens("/buat-laporan")
    page.locator("#f-title").fill("Tiang listrik miring")
    choose(citizen, "satu.jpg", "dua.jpg")
    search = page.locator("#f-addressee").get_by_role("searchbox")
    search.fill("kabupaten bandung")
    with page.expect_event("load"):
        search.press("Enter")
    assert page.locator("[name=attachments_tersimpan]").count() == 2
    page.locator("#f-province").select_option(label="Jawa Barat")
    if not scripts:
        citizen.presses("Tampilkan pilihan berikutnya")
    page.wait_for_selector("#f-regency")
    citizen.presses("Periksa jawaban Anda")
    assert "Isi laporan" in page.locator(".errors").inner_text()
    page.locator("#f-addressee [name=addressee]").first.check()
    page.locator("#f-body").fill("Tiang di depan balai desa hampir roboh.")
    page.locator("#f-name").fill("Asep")
    page.locator("#f-phone").fill("081234567891")
    page.get_by_label(re.compile("dua.jpg")).uncheck()
    citizen.presses("Periksa jawaban Anda")
    assert "satu.jpg" in citizen.reads
    assert "dua.jpg" not in citizen.reads
    citizen.presses("Ubah jawaban")
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    citizen.opens(f"/laporan/{page.locator('#nomor').inner_text()}")
    assert "satu.jpg" in citizen.reads
    assert "dua.jpg" not in citizen.reads


def test_a_second_tap_while_a_photo_uploads_sends_once(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    admin.opens(f"/panel/laporan/{number}/follow_up")
    admin.page.locator("[name=outcome][value=done]").check()
    asked: list[str] = []
    sent = re.compile(r"/(lampiran|follow_up)$")  # not that the page is in sight, nor a draft
    admin.page.on(
        "request",
        lambda one: (
            asked.append(one.url) if sent.search(one.url) and one.resource_type != "fetch" else None
        ),
    )
    admin.page.locator("#f-text").fill("Sudah kami tambal.")
    choose(admin, "tambalan.jpg", content=picture() + b"\0" * 3_000_000)
    button = admin.page.get_by_role("button", name="Kirim", exact=True)
    with admin.page.expect_event("load"):
        button.evaluate("button => { button.click(); button.click(); }")
    assert [url.rsplit("/", 1)[1] for url in asked] == ["lampiran", "follow_up"]
    finishes(admin, number, "tambalan.jpg")


def test_a_file_that_cannot_be_taken_is_named_and_the_others_stay(meet: Meet) -> None:
    citizen = meet(phone=True, scripts=False)
    page = citizen.page
    citizen.opens("/buat-laporan")
    page.locator("#f-title").fill("Judul")
    page.locator("#f-body").fill("Isi laporan yang cukup panjang.")
    page.locator("#f-name").fill("Asep")
    page.locator("#f-phone").fill("081234567899")
    files: list[FilePayload] = [
        {"name": "baik.jpg", "mimeType": "image/jpeg", "buffer": picture()},
        {"name": "rusak.jpg", "mimeType": "image/jpeg", "buffer": b"\0\1bukan gambar"},
    ]
    page.locator("#f-attachments").set_input_files(files)
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    assert "Lampiran 2 (rusak.jpg):" in page.locator(".errors").inner_text()
    page.get_by_label("rusak.jpg").uncheck()
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    citizen.opens(f"/laporan/{page.locator('#nomor').inner_text()}")
    assert "baik.jpg" in citizen.reads
    assert "rusak.jpg" not in citizen.reads


def test_another_browser_does_not_find_a_file_by_its_reference(meet: Meet) -> None:
    citizen, stranger = meet(phone=True, scripts=False), meet(phone=True, scripts=False)
    citizen.opens("/buat-laporan")
    choose(citizen, "bukti.jpg")
    citizen.presses("Tampilkan pilihan berikutnya")
    reference = citizen.page.locator("[name=attachments_tersimpan]").input_value()
    stranger.opens("/buat-laporan")
    page = stranger.page
    page.locator("#f-title").fill("Judul")
    page.locator("#f-body").fill("Isi laporan yang cukup panjang.")
    page.locator("#f-name").fill("Orang lain")
    page.locator("#f-phone").fill("081234567899")
    page.evaluate(
        "value => { const one = document.createElement('input'); one.type = 'hidden';"
        " one.name = 'attachments_tersimpan'; one.value = value;"
        " document.querySelector('main form').append(one); }",
        reference,
    )
    stranger.presses("Periksa jawaban Anda")
    stranger.presses("Kirim laporan")
    assert "bukti.jpg sudah tidak tersimpan" in stranger.reads
    answer = httpx.get(
        f"{citizen.portal.intake}/drafts/{reference.split('|')[0]}",
        headers={"Draft-Owner": "x" * 43},
    )
    assert answer.status_code == 404
