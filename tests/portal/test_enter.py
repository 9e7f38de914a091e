"""Enter in a field sends no form that was not meant."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Route

from deploy.local.postgres import DATABASE
from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Meet, Person, Portal
from tests.portal.crawling import pages
from tests.portal.test_one_story import UNIT

pytestmark = pytest.mark.timeout(600)

FIELDS = (
    "main form[method=post]:not([role=search])"
    " input:not([type=hidden]):not([type=file]):not([disabled])"
)
MEANT = ("/masuk", "/panel/masuk", "/lacak")
"""Where Enter signs in, or opens one's report."""
LOOKS = ("cari", "wilayah", "kategori", "diam")
"""Steps of a form that only show it again."""


@pytest.mark.nightly
def test_enter_in_any_field_of_any_page_sends_nothing(meet: Meet) -> None:
    scripted = meet()
    number, code = submit(scripted.portal)
    fresh, fresh_code = submit(scripted.portal)
    scripted.signs_in("admin.kab.bandung")
    dispose(scripted, number)
    citizen, admin = meet(phone=True, scripts=False), meet(scripts=False)
    for own, key in ((number, code), (fresh, fresh_code)):
        citizen.opens(f"/lacak?nomor={own}")
        citizen.page.locator("#f-access_code").fill(key)
        citizen.presses("Lihat laporan")
    admin.signs_in("admin.kab.bandung")
    before = _written(citizen.portal)
    pressed = _press_everywhere(citizen, "/", f"/laporan/{fresh}", f"/laporan/{number}", "/daftar")
    pressed |= _press_everywhere(admin, f"/panel/laporan/{fresh}", f"/panel/laporan/{number}")
    for username in ("petugas.pupr.kab.bandung", "admin.pusat"):
        person = meet(scripts=False)
        person.signs_in(username)
        pressed |= _press_everywhere(person, "/panel", f"/panel/laporan/{number}")
    assert _written(citizen.portal) == before
    # The walk has been where the harm was done.
    assert {"/buat-laporan", f"/panel/laporan/{fresh}/verify", "/panel/buat"} <= pressed
    assert len(pressed) > 20


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_an_agency_search_searches(meet: Meet, scripts: bool) -> None:
    admin = meet(scripts=scripts)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens(f"/panel/laporan/{number}/verify")
    admin.page.locator("#f-title").fill("Judul yang sudah diketik")
    agency = admin.page.locator("#f-agency_id")
    search = agency.get_by_role("combobox" if scripts else "searchbox")
    search.fill("umum tata ruang bandung")
    if scripts:
        agency.get_by_role("option", name=UNIT).first.wait_for()
        search.press("Enter")
        agency.get_by_role("radio", name=UNIT).first.wait_for()
    else:
        with admin.page.expect_event("load"):
            search.press("Enter")
    assert UNIT in agency.inner_text()
    assert admin.page.locator("#f-title").input_value() == "Judul yang sudah diketik"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_search_key_of_a_phone_sends_no_report(meet: Meet, scripts: bool) -> None:
    citizen = meet(phone=True, scripts=scripts)
    before = _written(citizen.portal)
    citizen.opens("/buat-laporan")
    citizen.page.locator("#f-title").fill("Pungutan liar di kantor camat")
    citizen.page.locator("#f-body").fill("Petugas meminta uang untuk surat yang gratis.")
    citizen.page.locator("#f-name").fill("Siti Aminah")
    citizen.page.locator("#f-phone").fill("081234567890")
    search = citizen.page.locator("#f-addressee").get_by_role("searchbox")
    search.fill("kabupaten bandung")
    with citizen.page.expect_event("load"):
        search.press("Enter")
    assert "Pemerintah Kabupaten Bandung" in citizen.reads
    assert citizen.page.locator("#f-anonymous").is_visible()
    assert _written(citizen.portal) == before


def _press_everywhere(person: Person, *starts: str) -> set[str]:
    """Enter in each field of each page; the pages that had one. What would be sent is stopped on
    its way and must be a look at the form."""
    sent: list[str] = []

    def stopped(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(f"{route.request.url} {route.request.post_data or ''}")
            route.fulfill(status=204)  # the browser stays on the page
        else:
            route.continue_()

    visited: set[str] = set()
    for path in pages(person, *starts):
        fields = person.page.locator(FIELDS)
        if path.split("?")[0] in MEANT or not fields.count():
            continue
        visited.add(path)
        person.page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
        person.page.route("**/*", stopped)
        for field in fields.all():
            field.focus()
            person.page.keyboard.press("Enter")
        person.page.wait_for_timeout(
            200
        )  # what Enter began has gone; no timer runs without scripts
        person.page.unroute_all(behavior="wait")
        assert [one for one in sent if not _looks(one)] == [], path
        sent.clear()
    return visited


def _looks(request: str) -> bool:
    body = request.split(" ", 1)[1]
    if "form-data" in body:
        return any(f'name="langkah"\r\n\r\n{step}\r\n' in body for step in LOOKS)
    return parse_qs(body).get("langkah", [""])[0] in LOOKS


def _written(portal: Portal) -> dict[str, Any]:
    tables = (
        "lifecycle.command", "intake.submission", "routing.staff", "routing.agency",
        "routing.management_log", "routing.handover",
    )  # fmt: skip
    with portal.postgres.administer(DATABASE) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            for table in tables
        }
