"""Pages in the states they come into, as axe-core and the rules of this house see them: refused,
empty, with many links, with names as long as they get or written from right to left."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser

from deploy.local.postgres import DATABASE
from tests.portal.conftest import Portal
from tests.portal.person import Person
from tests.portal.prepared import ADMIN, COORDINATOR, Prepared
from tests.portal.test_accessibility import broken_here, looking

pytestmark = pytest.mark.timeout(600)

LONG_TITLE = "جسر مكسور قرب المدرسة – " + "Jembatan-gantung-di-atas-sungai-" * 6
ARABIC = "عبد الرحمن بن محمد الفارسي"
AGENCY, OFFICER = "disdukcapil-kota-semarang", "petugas.disdukcapil.kota.semarang"
LONG_NAME = ("Dinas Kependudukan dan Pencatatan Sipil serta " * 9 + "P" * 90)[:500]
CROWDED = "kab-gowa"
MARKS = ("verify", "defer", "archive", "coordinate", "link", "request_not_authority")
"""Actions on a report that nobody has looked at yet."""

States = Iterator[str]


def _refused_forms(admin: Person, number: int) -> States:
    for action in MARKS:
        admin.opens(f"/panel/laporan/{number}/{action}")
        _sends(admin)
        yield f"{action} refused"
    for path in ("/panel/buat", "/panel/templat", "/panel/buat/x", "/panel/kop-surat"):
        admin.opens(path)
        _sends(admin)
        yield f"{path} refused"
    admin.opens("/panel/buat/x?url=https://x.com/wargabaik/status/1")
    yield "a post that cannot be read"


def _many_at_once(admin: Person, number: int) -> States:
    chosen = f"nomor={number}&kembali=%2Fpanel"
    for kind in ("archive", "tag", "coordinate"):
        admin.opens(f"/panel/massal?jenis={kind}&{chosen}")
        admin.presses("Periksa dahulu")
        yield f"bulk {kind} refused"
    admin.opens(f"/panel/massal?jenis=coordinate&{chosen}")
    admin.fills("Catatan internal", "Dibagi per wilayah.")
    admin.presses("Periksa dahulu")
    yield "bulk preview"
    _sends(admin)
    yield "bulk result"
    admin.opens("/panel/massal")
    yield "bulk list"


def _lists(admin: Person, number: int) -> States:
    admin.opens("/panel")
    yield "queue with long names"
    admin.opens(f"/panel/laporan/{number}")
    yield "report with links and long names"
    admin.opens("/panel?tab=all&q=zxqvw")
    yield "search without a match"
    admin.opens("/panel?tab=copies")
    yield "empty tab"
    admin.opens("/panel/cara-lain")
    yield "to be told in another way"
    admin.opens("/panel?tab=in_process&overdue=1")
    admin.opens_part("Simpan tampilan ini")
    admin.fills("Nama tampilan", ARABIC)
    admin.presses("Simpan")
    yield "saved view"


def _of_the_coordinator(coordinator: Person, _: int) -> States:
    coordinator.opens("/panel/instansi?q=pencatatan")
    yield "agencies with a long name"
    coordinator.page.locator("main .list h2 a").first.click()
    coordinator.page.wait_for_url("**/instansi/*")
    yield "agency with a long name"
    coordinator.follows("Tunjuk pimpinan")
    coordinator.presses("Simpan dan kirim tautan")
    yield "leader refused"
    for path in ("/panel/pengguna/tambah", "/panel/instansi/tambah"):
        coordinator.opens(path)
        _sends(coordinator)
        yield f"{path} refused"


def _of_the_officer(officer: Person, number: int) -> States:
    yield "tasks of somebody with an Arabic name"
    officer.opens(f"/panel/laporan/{number}/follow_up")
    _sends(officer)
    yield "follow-up refused"
    officer.opens("/panel/pengaturan/saya")
    yield "own settings"


def _of_the_overseer(overseer: Person, _: int) -> States:
    overseer.opens("/panel?scope=below")
    yield "overseer's list"
    overseer.page.locator("main .list h2 a").first.click()
    overseer.page.wait_for_url("**/laporan/*")
    yield "overseer's report"


def _of_the_crowded(admin: Person, _: int) -> States:
    with _crowd(admin.portal):
        admin.opens("/panel/tugas")
        yield from _among_5000(admin)


def _among_5000(admin: Person) -> States:
    kinds = admin.page.get_by_role("navigation", name="Jenis tugas")
    assert kinds.get_by_role("link", name=re.compile(r"^Semua ?5\.000$")).count() == 1
    yield "5,000 tasks"
    first = _listed(admin)
    admin.follows("Tugas berikutnya")
    assert not first & _listed(admin)
    yield "further on among 5,000 tasks"
    admin.opens("/panel")
    assert len(_listed(admin)) == 25
    yield "a list of 5,000 reports"


def _listed(person: Person) -> set[str | None]:
    """The reports of the page, which is no larger for all that are not on it."""
    assert len(person.page.content()) < 200_000
    return {row.get_attribute("id") for row in person.page.locator("main li.report").all()}


@pytest.fixture(scope="module")
def reports(portal: Portal) -> tuple[int, int, int]:
    """One that nobody has looked at, with a long title; one to which others are linked, which a
    department with a long name has to answer; one in the overseer's province."""
    portal.forgets_who_came()
    prepared = Prepared(portal)
    title = LONG_TITLE[:120]
    number, main = (prepared.submitted(title, reporter=ARABIC) for _ in range(2))
    prepared.linked(prepared.submitted(title), main)
    prepared.disposed(main, title, AGENCY)
    prepared.asked_the_reporter(prepared.submitted("Di mana ini?"))
    beside = prepared.submitted(title, "kab-bandung")
    with portal.postgres.administer(DATABASE) as connection:
        connection.execute(
            "UPDATE routing.agency SET name = %s WHERE code = %s", (LONG_NAME, AGENCY)
        )
        connection.execute(
            "UPDATE routing.staff SET name = %s WHERE username = %s", (ARABIC, OFFICER)
        )
    return number, main, beside


@pytest.mark.parametrize(
    ("who", "states", "which"),
    [
        pytest.param(ADMIN, _refused_forms, 0, id="refused", marks=pytest.mark.nightly),
        pytest.param(ADMIN, _many_at_once, 0, id="many at once", marks=pytest.mark.nightly),
        pytest.param(ADMIN, _lists, 1, id="lists"),
        pytest.param(
            COORDINATOR, _of_the_coordinator, 0, id="coordinator", marks=pytest.mark.nightly
        ),
        pytest.param(OFFICER, _of_the_officer, 1, id="officer"),
        pytest.param(
            f"admin.{CROWDED.replace('-', '.')}",
            _of_the_crowded,
            0,
            id="crowded",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            "pengawas.jabar", _of_the_overseer, 2, id="overseer", marks=pytest.mark.nightly
        ),
    ],
)
def test_no_state_of_a_page_is_closed_to_who_cannot_see_or_point(
    browser: Browser,
    portal: Portal,
    reports: tuple[int, int, int],
    who: str,
    states: Callable[[Person, int], States],
    which: int,
) -> None:
    portal.forgets_who_came()
    with looking(browser, portal) as person:
        person.signs_in(who)
        found = {name: broken_here(person, dark=True) for name in states(person, reports[which])}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def _sends(person: Person) -> None:
    """The form as it is."""
    with person.page.expect_event("load"):
        person.page.locator(
            "main form:not([hidden]) button.big, main button[value=kirim]"
        ).first.click()


@contextmanager
def _crowd(portal: Portal) -> Iterator[None]:
    """5,000 reports of an agency: one and its likes, which have no runs and go before they are
    missed."""
    one = {"one": Prepared(portal).submitted(LONG_TITLE[:120], CROWDED)}
    with portal.postgres.administer(DATABASE) as connection:
        for statement in _CROWDING:
            connection.execute(statement, one)
        try:
            yield
        finally:
            for statement in _LEAVING:
                connection.execute(statement, one)


_CROWDING = (
    """
    INSERT INTO lifecycle.report SELECT (jsonb_populate_record(r, jsonb_build_object(
        'number', r.number + 1000000 + n, 'identity', gen_random_uuid(), 'state',
        r.state || jsonb_build_object('number', r.number + 1000000 + n)))).*
    FROM lifecycle.report r, generate_series(1, 4999) n WHERE r.number = %(one)s
    """,
    """
    INSERT INTO lifecycle.report_text (number, original_title, original_body)
    SELECT t.number + 1000000 + n, t.original_title, t.original_body
    FROM lifecycle.report_text t, generate_series(1, 4999) n WHERE t.number = %(one)s
    """,
)
_LEAVING = (
    "DELETE FROM lifecycle.report_text WHERE number > %(one)s + 1000000",
    "DELETE FROM lifecycle.report WHERE number > %(one)s + 1000000",
)
