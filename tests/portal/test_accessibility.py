"""Pages as axe-core sees them, on a phone: names, headings, contrast. And small enough for one."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.portal.conftest import Person, Portal

pytestmark = pytest.mark.timeout(600)
PUBLIC = ("/", "/buat-laporan", "/lacak", "/laporan", "/masuk", "/daftar", "/angka")
OF_EACH_KIND = ("", "/buat", "/unduh", "/statistik/pengelolaan", "/pengguna", "/waktu-proses")
"""Of the panel: a queue, a long form, files, figures with charts, a table, short forms."""
FURTHER = (
    "?scope=below&tab=in_process", "/statistik/pemanfaatan", "/pengaturan", "/instansi", "/acuan",
    "/acuan/program", "/acuan/arsip", "/hari-libur", "/impor", "/webhook", "/akun", "/riwayat",
    "/persetujuan",
)  # fmt: skip
LIGHT = 100_000
"""Bytes of a citizen's page with its style and script, uncompressed."""


@pytest.mark.parametrize(
    ("public", "panel"),
    [
        pytest.param(PUBLIC, OF_EACH_KIND, id="public and one of each kind"),
        pytest.param((), FURTHER, id="all others", marks=pytest.mark.nightly),
    ],
)
def test_nothing_on_any_page_is_closed_to_who_cannot_see_or_point(
    browser: Browser, portal: Portal, public: tuple[str, ...], panel: tuple[str, ...]
) -> None:
    # axe is put into the page, which the content policy would forbid.
    context = browser.new_context(viewport={"width": 360, "height": 740}, bypass_csp=True)
    person = Person(context.new_page(), portal)
    found = {path: _violations(person, path) for path in public}
    person.signs_in("admin.pusat")
    found |= {f"/panel{path}": _violations(person, f"/panel{path}") for path in panel}
    context.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_citizens_page_weighs_little(browser: Browser, portal: Portal) -> None:
    context = browser.new_context()
    page = context.new_page()
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(len(answer.body())))
    page.goto(portal.address + "/buat-laporan", wait_until="networkidle")
    context.close()
    assert len(loaded) >= 3
    assert sum(loaded) < LIGHT


def _violations(person: Person, path: str) -> list[str]:
    person.opens(path)
    assert person.fits, path
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(person.page).response["violations"]
    ]
