"""The desk of a day: the list with the report beside it, keys, and on to what is owed next."""

import re

import pytest
from playwright.sync_api import expect

from tests.portal.by_request import submit
from tests.portal.conftest import Meet
from tests.portal.test_accessibility import HOUSE_RULES

pytestmark = pytest.mark.timeout(600)


def test_an_officer_reads_beside_the_list_and_goes_on_by_keys(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    page = admin.page
    page.set_viewport_size({"width": 1500, "height": 900})
    admin.opens("/panel?tab=unverified&order=newest")
    rows = page.locator(".list > .report").count()
    assert "Sudah tiga minggu jalan" in page.locator(".list > .report").first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    pane = page.get_by_role("region", name="Laporan yang dibuka")
    expect(pane).to_contain_text("Dua anak jatuh kemarin pagi.")
    assert page.locator(".list > .report").count() == rows
    assert page.url.endswith(f"?tab=unverified&order=newest#laporan-{number}")
    assert page.locator("[aria-current=true]", has_text=number).count() == 1
    assert page.evaluate(HOUSE_RULES) == []

    with page.expect_navigation(url=re.compile(rf"/{number}/verify\?kembali=")):
        page.keyboard.press("v")
    page.go_back()
    expect(pane).to_contain_text("Dua anak jatuh kemarin pagi.")  # tab, order and place are kept

    page.set_viewport_size({"width": 1100, "height": 900})
    with page.expect_navigation(url=f"**/panel/laporan/{number}"):
        page.locator(".list > .report h2 a").first.click()  # no room beside: the page of its own
    with page.expect_navigation(url=f"**/panel?tab=unverified&order=newest#laporan-{number}"):
        page.get_by_role("link", name="Kembali ke daftar").click()


def test_all_keys_are_listed_and_can_be_switched_off(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel")
    keys = admin.page.get_by_role("dialog", name="Tombol pintas")
    admin.page.keyboard.press("/")
    assert admin.page.evaluate("document.activeElement.name") == "q"
    admin.page.keyboard.press("?")
    assert not keys.is_visible()  # while somebody types, a key is a letter
    admin.page.keyboard.press("Tab")
    admin.page.keyboard.press("?")
    expect(keys).to_be_visible()
    keys.get_by_label("Matikan").check()
    keys.get_by_role("button", name="Tutup").click()
    admin.page.keyboard.press("?")
    assert not keys.is_visible()
    admin.page.get_by_role("button", name="Tombol pintas").click()
    keys.get_by_label("Matikan").uncheck()
    keys.get_by_role("button", name="Tutup").click()
    with admin.page.expect_navigation(url="**/panel/tugas"):
        admin.page.keyboard.press("g")
        admin.page.keyboard.press("i")


def test_the_key_to_search_leads_to_the_list_where_a_page_has_no_search(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    for page in ("/panel/tugas", f"/panel/laporan/{number}"):
        admin.opens(page)
        with admin.page.expect_navigation(url="**/panel#cari"):
            admin.page.keyboard.press("/")
        searched = admin.page.locator("[role=search] input[name=q]")
        expect(searched).to_be_focused()
        expect(searched).to_have_value("")


def test_what_is_saved_leads_on_to_the_next_report_that_is_owed(meet: Meet) -> None:
    admin = meet(scripts=False)
    number, _ = submit(admin.portal)
    submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens(f"/panel/laporan/{number}/coordinate")
    admin.page.get_by_label("Catatan internal").fill("Sudah saya telepon.")
    admin.presses("Simpan & lanjut")
    assert re.search(rf"#{number}: .* Ini tugas berikutnya\.", admin.reads)
    opened = re.search(r"/panel/laporan/(\d+)", admin.page.url)
    assert opened and opened[1] != number
    assert admin.page.locator("header nav [aria-current]").inner_text() == "Tugas Saya"
    assert admin.page.get_by_role("heading", level=1).is_visible()
