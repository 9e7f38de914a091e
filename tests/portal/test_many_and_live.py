"""Many are chosen in a list, and what happens meanwhile is told without moving what one reads."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Route, expect

from tests.portal.conftest import Meet, Portal
from tests.portal.test_accessibility import HOUSE_RULES

pytestmark = pytest.mark.timeout(600)

COUNTED = 30_000
"""Milliseconds: a page waits for a second before it asks, and the answer for a full machine."""
LIST = "/panel?tab=unverified&order=newest"


def reported(portal: Portal, title: str) -> str:
    """A report to Kabupaten Bandung; its number."""
    body = {
        "classification": "complaint",
        "title": title,
        "body": "Sudah tiga minggu.",
        "addressee": "kab-bandung",
        "reporter": {"name": "Siti Aminah", "phone": "+6281234567890"},
    }
    answer = httpx.post(f"{portal.intake}/reports", json=body, timeout=60)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["number"])


def test_many_are_chosen_and_new_ones_wait_to_be_shown(meet: Meet, portal: Portal) -> None:
    first, second = reported(portal, "Lampu jalan padam"), reported(portal, "Pohon tumbang")
    admin, colleague = meet(), meet()
    for person in (admin, colleague):
        person.signs_in("admin.kab.bandung")
    page = admin.page
    with page.expect_response(re.compile("/panel/langsung$")):
        admin.opens(LIST)
    rows = page.locator(".list > .report")
    shown = rows.count()
    unverified = page.locator("[data-count=unverified]")
    before = unverified.inner_text()

    third = reported(portal, "Jembatan retak")
    bar = page.get_by_role("link", name="1 laporan baru — tampilkan")
    expect(bar).to_be_visible()
    assert rows.count() == shown
    colleague.opens(LIST)
    now = colleague.page.locator("[data-count=unverified]").inner_text()
    assert now != before
    expect(unverified).to_have_text(now, timeout=COUNTED)
    colleague.opens(f"/panel/laporan/{second}/archive")
    colleague.page.get_by_label("Laporan belum lengkap").check()
    colleague.page.get_by_label("Keterangan Arsip").fill("Tidak ada alamat.")
    colleague.presses("Arsipkan")
    expect(page.locator(f"#laporan-{second} .changed")).to_have_text("berubah")
    expect(unverified).to_have_text(before, timeout=COUNTED)
    assert rows.count() == shown
    assert page.evaluate(HOUSE_RULES) == []
    with page.expect_event("load"):
        bar.click()
    expect(page.locator(f"#laporan-{third}")).to_be_visible()

    for number in (first, third):
        page.get_by_label(f"Pilih laporan {number}").check()
    admin.presses("Arsipkan")
    assert page.get_by_role("heading", level=1).inner_text() == "Arsipkan: 2 laporan"
    assert page.evaluate(HOUSE_RULES) == []
    page.get_by_label("Laporan belum lengkap").check()
    page.get_by_label("Keterangan Arsip").fill("Tidak ada alamat.")
    admin.presses("Periksa dahulu")
    assert page.evaluate(HOUSE_RULES) == []
    admin.presses("Arsipkan: 2 laporan")
    expect(page.locator("#hasil")).to_contain_text("2 selesai.")  # it looks again by itself
    assert page.evaluate(HOUSE_RULES) == []
    assert admin.troubles == []


def test_an_open_form_says_what_was_done_and_keeps_its_words(meet: Meet, portal: Portal) -> None:
    number = reported(portal, "Saluran air mampet")
    admin, colleague = meet(), meet()
    for person in (admin, colleague):
        person.signs_in("admin.kab.bandung")
    page = admin.page
    with page.expect_response(re.compile("/panel/langsung$")):
        admin.opens(f"/panel/laporan/{number}/coordinate")
    page.get_by_label("Catatan internal").fill("Sudah saya telepon.")
    colleague.opens(f"/panel/laporan/{number}/coordinate")
    colleague.page.get_by_label("Catatan internal").fill("Saya ke lapangan.")
    colleague.presses(colleague.page.locator("button.big").first.inner_text())
    since = page.locator(".since")
    expect(since).to_contain_text("Laporan ini berubah:")
    expect(since).to_contain_text("Koordinasi Internal")
    admin.presses("Muat ulang, isian tetap")
    assert page.get_by_label("Catatan internal").input_value() == "Sudah saya telepon."
    assert not page.locator(".since").is_visible()
    assert admin.troubles == []


def test_after_a_break_that_missed_events_a_page_looks_again(meet: Meet, portal: Portal) -> None:
    """The stream says so when it is connected again: it is answered here as it is then."""
    number = reported(portal, "Trotoar berlubang")
    admin, colleague = meet(), meet()
    for person in (admin, colleague):
        person.signs_in("admin.kab.bandung")

    page = admin.page

    def opens(path: str, during: Callable[[], None] = lambda: None) -> None:
        """And has missed what is done `during` the break."""
        waiting: list[Route] = []
        page.unroute_all()
        page.route("**/panel/langsung", lambda route: waiting.append(route))
        admin.opens(path)
        while not waiting:
            page.wait_for_timeout(50)
        during()
        missed = "retry: 600000\nevent: missed\ndata: {}\n\n"
        waiting[0].fulfill(content_type="text/event-stream", body=missed)

    def archives() -> None:
        colleague.opens(f"/panel/laporan/{number}/archive")
        colleague.page.get_by_label("Laporan belum lengkap").check()
        colleague.page.get_by_label("Keterangan Arsip").fill("Tidak ada alamat.")
        colleague.presses("Arsipkan")

    opens(LIST)
    told = expect(page.locator(".fresh"))
    told.to_have_text("Daftar ini mungkin berubah — tampilkan", timeout=COUNTED)
    opens(f"/panel/laporan/{number}", archives)
    expect(page.locator(".since")).to_contain_text("Laporan ini berubah:", timeout=COUNTED)
    with page.expect_response("**/sejak/*"):
        opens(f"/panel/laporan/{number}")
    assert not page.locator(".since").is_visible()
