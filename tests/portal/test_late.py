"""What is late is seen at once: above the queue, in the row, and not by its colour alone."""

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator

from tests.portal.conftest import Meet, Person, Portal
from tests.portal.test_management import look

pytestmark = pytest.mark.timeout(600)
AGENCY = "Pemerintah Kota Surabaya"
RED = "rgb(176, 0, 32)"


@pytest.fixture
def in_seconds(portal: Portal) -> None:
    """The agency has two seconds to verify a report."""
    with httpx.Client(base_url=portal.routing) as routing:
        who = {"username": "admin.pusat", "password": portal.password}
        token = routing.post("/sign-in", json=who).raise_for_status().json()["access_token"]
        routing.headers["Authorization"] = f"Bearer {token}"
        found = routing.get("/agencies", params={"q": AGENCY}).json()["items"]
        agency_id = next(one["id"] for one in found if one["name"] == AGENCY)
        body = {"agency_id": agency_id, "verification": {"amount": 2, "unit": "seconds"}}
        routing.put("/policy", json=body).raise_for_status()


def test_what_is_late_stands_above_the_queue_and_stands_out_in_it(
    meet: Meet, in_seconds: None
) -> None:
    citizen, admin, above = meet(phone=True), meet(), meet(phone=True)
    title = submit(citizen)
    number = citizen.page.locator("#nomor").inner_text()
    admin.signs_in("admin.kota.surabaya")
    row = waits_until_late(admin, title)

    bar = admin.page.locator(".late-now")
    assert "⚠ Terlambat:" in bar.inner_text()
    assert "1 Belum Terverifikasi" in bar.inner_text()
    assert bar.get_attribute("role") == "status"
    assert "⚠ Verifikasi: terlambat 1 hari" in row.inner_text()
    assert colour(bar, "border-left-color") == colour(row, "border-left-color") == RED
    assert colour(row.locator(".due"), "background-color") == RED
    look(admin, "late")

    citizen.opens(f"/laporan/{number}")
    now = citizen.page.locator(".now")
    assert "⚠" in now.inner_text() and "terlambat 1 hari" in now.inner_text()
    assert colour(now, "border-left-color") == RED

    bar.get_by_role("link", name="1 Belum Terverifikasi").click()
    admin.page.wait_for_url("**overdue=1**")
    assert title in admin.reads
    assert admin.page.get_by_label("Terlambat", exact=True).is_checked()
    assert admin.page.locator(".list > .report:not(.late)").count() == 0

    above.signs_in("admin.jatim")
    above.opens("/panel?scope=below&tab=unverified")
    assert "Belum Terverifikasi" in above.page.locator(".late-now").inner_text()
    above.follows("Terlambat, dieskalasi kepada kami")
    assert title in above.reads
    look(above, "late_escalated")


def test_without_colours_the_words_still_say_it(
    browser: Browser, portal: Portal, meet: Meet, in_seconds: None
) -> None:
    citizen, admin = meet(phone=True), meet()
    title = submit(citizen)
    admin.signs_in("admin.kota.surabaya")
    waits_until_late(admin, title)
    # axe is put into the page, which the content policy would forbid.
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, bypass_csp=True, forced_colors="active"
    )
    plain = Person(context.new_page(), portal)
    plain.signs_in("admin.kota.surabaya")
    plain.opens("/panel?tab=unverified")
    row = row_of(plain, title)
    # The browser puts its own colours in place of ours.
    assert colour(row.locator(".due"), "background-color") != RED
    assert "⚠ Verifikasi: terlambat 1 hari" in row.inner_text()
    assert "Terlambat" in plain.page.locator(".late-now").inner_text()
    look(plain, "late_without_colours")
    context.close()

    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    seen = Person(context.new_page(), portal)
    seen.signs_in("admin.kota.surabaya")
    seen.opens("/panel?tab=unverified")
    wrong = Axe().run(seen.page).response["violations"]
    context.close()
    assert [one["id"] for one in wrong] == []


def submit(citizen: Person) -> str:
    """A report to the agency whose clocks run in seconds; its title."""
    title = f"Saluran air meluap di RT {id(citizen) % 1_000_000}"
    citizen.opens("/buat-laporan")
    citizen.page.get_by_label("Judul").fill(title)
    citizen.page.get_by_label("Isi laporan").fill("Setiap hujan saluran di depan balai RW meluap.")
    citizen.finds_agency("addressee", "kota surabaya", AGENCY)
    citizen.page.locator("#f-name").fill("Wahyu")
    citizen.page.locator("#f-email").fill("wahyu@contoh.id")
    citizen.presses("Periksa jawaban Anda")
    citizen.presses("Kirim laporan")
    return title


def waits_until_late(admin: Person, title: str) -> Locator:
    """Load the queue again until the report's row is late; the row. Rows and counts are read side
    by side: of a page asked for before the deadline, one may be late and the other not yet."""
    for _ in range(60):
        admin.opens("/panel?tab=unverified")
        if "late" in (row_of(admin, title).get_attribute("class") or ""):
            admin.opens("/panel?tab=unverified")
            return row_of(admin, title)
        admin.page.wait_for_timeout(500)
    raise AssertionError(admin.reads)


def row_of(person: Person, title: str) -> Locator:
    return person.page.locator(".list > .report", has_text=title)


def colour(where: Locator, what: str) -> str:
    return str(where.evaluate(f"element => getComputedStyle(element)['{what}']"))
