"""The bell in the browser: it rings in every tab while reports come, and leads to them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.portal.by_request import submit
from tests.portal.conftest import Meet

pytestmark = pytest.mark.timeout(600)


def rings(tab: Page, unread: int) -> None:
    expect(tab).to_have_title(re.compile(rf"^\({unread}\) "), timeout=60_000)


def test_a_new_report_rings_in_every_tab_and_is_read_by_opening_it(meet: Meet) -> None:
    admin = meet(phone=True)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/lonceng")
    if admin.page.get_by_role("button", name="Tandai semua").count():  # of other tests' reports
        admin.presses("Tandai semua sudah dibaca")
    admin.opens("/panel/akun")
    other = admin.page.context.new_page()
    other.goto(f"{admin.portal.address}/panel/statistik")
    assert not admin.page.title().startswith("(")
    stood = admin.page.locator("[data-bell]").bounding_box()
    number, _ = submit(admin.portal)
    for tab in (admin.page, other):
        rings(tab, 1)
        assert tab.locator("[data-bell] .bell").text_content() == " 1"
    assert admin.page.locator("[data-bell]").bounding_box() == stood, "nothing moves as it rings"
    # What is read in the tab that does not listen is read in the one that does.
    other.goto(f"{admin.portal.address}/panel/lonceng")
    other.get_by_role("button", name=f"Buka laporan {number}").click()
    other.wait_for_url(f"**/panel/laporan/{number}")
    for tab in (admin.page, other):
        expect(tab).not_to_have_title(re.compile(r"^\("), timeout=30_000)
    # The tab that listened is closed: another takes over.
    other.close()
    number, _ = submit(admin.portal)
    rings(admin.page, 1)
    second, _ = submit(admin.portal)
    rings(admin.page, 2)
    admin.opens("/panel/lonceng")
    assert re.findall(r"Laporan #(\d+)", admin.reads)[:2] == [second, number]
    assert admin.fits
    admin.presses(f"Buka laporan {number}")
    assert admin.page.url.endswith(f"/panel/laporan/{number}")
    rings(admin.page, 1)

    quiet = meet(scripts=False)  # nothing rings, and the page is there
    quiet.page.context.add_cookies(admin.cookies())
    quiet.opens("/panel/lonceng")
    assert "1 belum dibaca" in quiet.reads
    assert admin.troubles == quiet.troubles == []
