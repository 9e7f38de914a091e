"""What an officer types is kept on the server, and is there in another browser."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Meet
from tests.portal.test_one_story import finishes, sees

pytestmark = pytest.mark.timeout(600)

OFFICER = "petugas.pupr.kab.bandung"
KEPT = re.compile(r"^Draf tersimpan \d\d\.\d\d WIB$")
WORDS = "Kami sudah mengukur lubangnya dan memesan aspal."


def test_what_is_typed_is_there_on_another_computer(meet: Meet) -> None:
    admin, here, elsewhere = meet(), meet(), meet(scripts=False)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)
    path = f"/panel/laporan/{number}/follow_up"
    here.signs_in(OFFICER)
    here.opens(path)
    here.page.locator("[name=outcome][value=done]").check()
    here.page.locator("#f-text").fill(WORDS)
    expect(here.page.get_by_text(KEPT)).to_be_visible(timeout=60_000)

    elsewhere.signs_in(OFFICER)
    elsewhere.opens(path)
    assert "Draf Anda dari" in elsewhere.reads
    assert elsewhere.page.locator("#f-text").input_value() == ""
    elsewhere.presses("Pakai draf")
    assert elsewhere.page.locator("#f-text").input_value() == WORDS
    elsewhere.presses("Kirim")
    finishes(elsewhere, number, WORDS)
    elsewhere.opens(path)
    assert "Draf Anda" not in elsewhere.reads


def test_what_is_still_being_kept_arrives_before_the_form(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    path = f"/panel/laporan/{number}/archive"
    admin.opens(path)
    held: list[Route] = []
    sent: list[Route] = []

    def posted(route: Route) -> None:
        if b"ketikan" in (route.request.post_data_buffer or b""):
            held.append(route)
        else:
            sent.append(route)
            route.continue_()

    admin.page.route(lambda address: address.endswith(path), posted)
    admin.chooses("Laporan belum lengkap")
    admin.fills("Keterangan Arsip", WORDS)
    while not held:
        admin.page.wait_for_timeout(50)
    admin.page.get_by_role("button", name="Arsipkan").click(no_wait_after=True)
    admin.page.wait_for_timeout(500)
    assert not sent, "the form went before what was being kept of it"
    with admin.page.expect_event("load"):
        held[0].fulfill(response=held[0].fetch())
    finishes(admin, number, WORDS)
    admin.opens(path)
    assert "Draf Anda" not in admin.reads


def test_what_was_typed_last_is_kept_as_the_page_is_left(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    path = f"/panel/laporan/{number}/archive"
    admin.opens(path)
    admin.page.locator("#f-note").fill(WORDS)
    admin.follows("Batal")
    sees(admin, path, "Draf Anda dari")
    # What is typed beside an older draft does not take its place, unless one asks for it.
    admin.page.locator("#f-note").fill("Lain.")
    admin.presses("Simpan draf")
    admin.opens(path)
    admin.presses("Pakai draf")
    assert admin.page.locator("#f-note").input_value() == "Lain."
