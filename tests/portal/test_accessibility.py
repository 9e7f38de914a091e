"""Pages as axe-core sees them, on a phone: names, headings, contrast; and as the rules of this
house have them. And small enough for a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.portal.conftest import Person, Portal

pytestmark = pytest.mark.timeout(600)
PUBLIC = ("/", "/buat-laporan", "/lacak", "/laporan", "/masuk", "/daftar", "/angka")
OF_EACH_KIND = (
    "", "/tugas", "/buat", "/unduh", "/statistik/pengelolaan", "/pengguna", "/waktu-proses",
)  # fmt: skip
"""Of the panel: a queue, a long form, files, figures with charts, a table, short forms."""
FURTHER = (
    "?scope=below&tab=in_process", "/statistik/pemanfaatan", "/pengaturan", "/instansi", "/acuan",
    "/acuan/program", "/acuan/arsip", "/acuan/lembaga", "/hari-libur", "/impor", "/webhook",
    "/akun", "/riwayat", "/persetujuan", "/plt", "/lonceng", "/pengaturan/saya",
)  # fmt: skip
HOUSE_RULES = (Path(__file__).parent / "house_rules.js").read_text()
DARK = ("/", "/buat-laporan", "/panel", "/panel/statistik/pengelolaan")
"""Looked at in dark too: each has components that the others have not."""
LIGHT = 100_000
"""Bytes of a citizen's page with its style and script, uncompressed."""


@pytest.mark.parametrize(
    ("public", "panel"),
    [
        pytest.param(PUBLIC, OF_EACH_KIND, id="public and one of each kind"),
        pytest.param(
            ("/kode-hilang", "/kata-sandi-hilang"),
            FURTHER,
            id="all others",
            marks=pytest.mark.nightly,
        ),
    ],
)
def test_nothing_on_any_page_is_closed_to_who_cannot_see_or_point(
    browser: Browser, portal: Portal, public: tuple[str, ...], panel: tuple[str, ...]
) -> None:
    with looking(browser, portal) as person:
        found = {path: _violations(person, path) for path in public}
        person.signs_in("admin.pusat")
        found |= {f"/panel{path}": _violations(person, f"/panel{path}") for path in panel}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_citizens_page_weighs_little(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(len(answer.body())))
    page.goto(portal.address + "/buat-laporan", wait_until="networkidle")
    context.close()
    assert len(loaded) >= 3
    assert sum(loaded) < LIGHT


@contextmanager
def looking(browser: Browser, portal: Portal) -> Iterator[Person]:
    """Somebody with a phone, whose pages axe may be put into, which the content policy would
    forbid. Without motion, or axe would see colours on their way from light to dark."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        bypass_csp=True,
        locale="id-ID",
        reduced_motion="reduce",
    )
    try:
        yield Person(context.new_page(), portal)
    finally:
        context.close()


def broken_here(person: Person, *, dark: bool = False) -> list[str]:
    """What is wrong with the page that is open, in light and perhaps in dark."""
    broken: list[str] = person.page.evaluate(HOUSE_RULES)
    if not person.fits:
        broken.append("sticks out sideways")
    broken += _seen_by_axe(person)
    if dark:
        person.page.emulate_media(color_scheme="dark")
        broken += _seen_by_axe(person)
        person.page.emulate_media(color_scheme="light")
    return broken


def _violations(person: Person, path: str) -> list[str]:
    person.opens(path)
    return broken_here(person, dark=path in DARK)


def _seen_by_axe(person: Person) -> list[str]:
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:120]}"
        for one in Axe().run(person.page).response["violations"]
    ]
