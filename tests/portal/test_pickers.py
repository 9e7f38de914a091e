"""A long list is typed into: what fits best is marked, and leaving the field takes it. Without
scripts it is a select."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from deploy.local.postgres import DATABASE
from tests.portal.conftest import Meet, Person, Portal
from tests.portal.prepared import ADMIN, OFFICER, Prepared
from tests.portal.test_accessibility import HOUSE_RULES, broken_here, looking

pytestmark = pytest.mark.timeout(600)

AS_PEOPLE_WRITE = {
    "jawa tengah": "Jawa Tengah",
    "TENGAH jaw": "Jawa Tengah",
    "jateng": "Jawa Tengah",
    "jawa tmur": "Jawa Timur",
    "smatera utara": "Sumatera Utara",
    "ntt": "Nusa Tenggara Timur",
    "Bengkúlu": "Bengkulu",
    "papua": "Papua",
    "papua daya": "Papua Barat Daya",
}
"""What is typed, and the province that is meant."""


def test_a_place_is_filled_in_by_typing_alone(meet: Meet) -> None:
    admin = _at(meet(), "/panel/buat")
    box, keys = _box(admin, "Provinsi"), admin.page.keyboard
    admin.page.evaluate("window.here = true")
    box.focus()
    keys.type("jateng")
    marked = admin.page.get_by_role("option", selected=True)
    expect(marked.and_(admin.page.locator(".picker div"))).to_have_text("Jawa Tengah")
    # What lies below it is there before one goes on.
    below = _box(admin, "Kabupaten/kota")
    expect(below).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("jateng")
    expect(_status(box)).to_have_text("1 pilihan cocok.")
    assert box.get_attribute("aria-activedescendant") == _options(box).get_attribute("id")
    keys.press("Tab")
    expect(box).to_have_value("Jawa Tengah")
    expect(below).to_be_focused()
    keys.type("kota smg")
    expect(_box(admin, "Kecamatan")).to_be_visible()
    keys.press("Tab")
    expect(below).to_have_value("Kota Semarang")
    expect(admin.page.get_by_label(re.compile("^Kabupaten/kota"))).to_have_count(1)
    assert admin.page.locator("#f-regency").input_value() == "33.74"
    assert admin.page.evaluate("window.here")


@pytest.mark.parametrize(
    ("typed", "category"),
    [
        ("pju", "Penerangan Jalan"),
        ("bpjs", "Jaminan Kesehatan"),
        ("bansos", "Bantuan Sosial"),
        ("ktp", "KTP (Kartu Tanda Penduduk)"),
        ("jalan berlubang", "Jalan Berlubang"),
        ("banjir", "Banjir"),
        ("sampah", "Persampahan"),
    ],
)
def test_a_category_is_found_as_people_say_it(meet: Meet, typed: str, category: str) -> None:
    somebody = meet(phone=True)
    somebody.opens("/buat-laporan")
    box = _box(somebody, "Kategori")
    box.focus()
    somebody.page.keyboard.type(typed)
    best = somebody.page.get_by_role("option", selected=True).and_(
        somebody.page.locator(".picker div")
    )
    expect(best).to_contain_text(category)
    somebody.page.keyboard.press("Tab")
    expect(box).to_have_value(category)


def test_who_types_on_while_places_come_loses_no_letter(meet: Meet) -> None:
    admin = _at(meet(), "/panel/buat")
    box, held = _box(admin, "Provinsi"), list[Route]()

    busy = True

    def hold(route: Route) -> None:
        if busy:
            held.append(route)
        else:
            route.continue_()

    _fill(box, "Jawa Tengah")
    below = _box(admin, "Kabupaten/kota")
    expect(below).to_be_visible()
    admin.page.route("**/panel/buat", hold)
    with admin.page.expect_request("**/panel/buat"):
        _fill(box, "Jawa Barat")
    below.press_sequentially("kota bandu")
    busy = False
    for route in held:
        route.continue_()
    expect(_options(below).first).to_have_text("Kota Bandung")
    expect(below).to_be_focused()
    below.press_sequentially("ng")
    below.press("Enter")
    expect(below).to_have_value("Kota Bandung")


def test_words_are_taken_as_people_write_them(meet: Meet) -> None:
    admin = _at(meet(), "/panel/unduh?tab=incoming")
    box, found = _box(admin, "Provinsi"), {}
    for words in AS_PEOPLE_WRITE:
        box.fill(words)
        found[words] = _options(box).first.inner_text()
    assert found == AS_PEOPLE_WRITE


def test_keys_move_take_restore_and_send_nothing(meet: Meet) -> None:
    admin = _at(meet(), "/panel?category=")
    admin.opens_part("Saringan dan urutan")
    box, address = _box(admin, "Wilayah"), admin.page.url
    box.focus()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(_options(box)).to_have_count(39)
    expect(_marked(box)).to_have_text("Semua")
    box.press("ArrowUp")
    expect(_marked(box)).to_have_text("Papua Barat Daya")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(_marked(box)).to_have_text("Aceh")
    box.press("Tab")
    expect(box).to_have_value("Aceh")
    box.press_sequentially("bali")
    box.press("Home")
    assert box.evaluate("field => field.selectionStart") == 0
    box.press("Escape")
    expect(box).to_have_value("Aceh")
    expect(_options(box)).to_have_count(0)
    box.fill("bali")
    box.press("Enter")
    expect(box).to_have_value("Bali")
    box.press("Enter")
    box.press("Enter")
    box.press("Alt+ArrowDown")
    expect(_marked(box)).to_have_text("Bali")
    box.press("Alt+ArrowUp")
    expect(_options(box)).to_have_count(0)
    assert admin.page.url == address
    box.fill("")
    expect(_marked(box)).to_have_text("Semua")
    box.press("Tab")
    expect(box).to_have_value("")
    assert admin.page.locator("#f-region").input_value() == ""


def test_what_fits_nothing_changes_nothing(meet: Meet) -> None:
    admin = _at(meet(), "/panel/unduh?tab=incoming")
    box = _box(admin, "Provinsi")
    _fill(box, "Jawa Barat")
    box.fill("xyzzy")
    expect(_status(box)).to_be_visible()
    expect(_status(box)).to_have_text("Tidak ada yang cocok. Coba kata lain.")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Enter")
    box.press("Tab")
    expect(box).to_have_value("Jawa Barat")
    assert admin.page.locator("#f-province").input_value() == "32"


def test_a_category_stands_in_its_group_and_the_way_back_keeps_it(meet: Meet) -> None:
    admin = _at(meet(wide=390), "/panel?tab=all")
    admin.opens_part("Saringan dan urutan")
    box = _box(admin, "Kategori")
    box.click()
    group = admin.page.get_by_role("group", name="Air dan Energi")
    expect(group.get_by_role("option", name="Elpiji")).to_be_visible()
    box.fill("energi")
    expect(group.get_by_role("option", name="Elpiji")).to_be_visible()
    group.get_by_role("option", name="Elpiji").click()
    expect(box).to_have_value("Elpiji")
    expect(box).to_be_focused()
    assert admin.fits
    admin.goes_to("Statistik")
    admin.page.go_back()
    admin.opens_part("Saringan dan urutan")
    expect(_box(admin, "Kategori")).to_have_value("Elpiji")
    admin.presses("Terapkan")
    assert re.search(r"category=\d+", admin.page.url)
    admin.opens_part("Saringan dan urutan")
    expect(_box(admin, "Kategori")).to_have_value("Elpiji")


def test_a_long_list_of_colleagues_is_typed_into_a_short_one_is_a_select(
    meet: Meet, portal: Portal
) -> None:
    admin = _at(meet(), "/panel")
    admin.opens_part("Saringan dan urutan")
    assert admin.page.evaluate(HOUSE_RULES) == []
    expect(_box(admin, "Ditugaskan kepada")).to_have_count(0)
    admin.picks("Klasifikasi", "Aspirasi")
    with _many_colleagues(portal):
        admin.opens("/panel")
        admin.opens_part("Saringan dan urutan")
        admin.picks("Ditugaskan kepada", "Ŝiti Rekan 7")
        box = _box(admin, "Ditugaskan kepada")
        box.fill("rekan siti")
        expect(_options(box)).to_have_count(12)
        box.fill("rekan 11")
        admin.presses("Terapkan")
        assert re.search(r"assignee=\d+", admin.page.url)
        assert "Ditugaskan kepada: Ŝiti Rekan 11" in admin.reads
        admin.opens_part("Saringan dan urutan")
        expect(_box(admin, "Ditugaskan kepada")).to_have_value("Ŝiti Rekan 11")


def test_a_refused_field_says_so_and_is_led_to(meet: Meet, portal: Portal) -> None:
    number = Prepared(portal).submitted("Jembatan miring")
    admin = _at(meet(), f"/panel/laporan/{number}/verify")
    admin.presses("Disposisi")
    box = _box(admin, "Kategori")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("."))
    admin.page.locator(".errors").get_by_role("link", name="Kategori").click()
    expect(box).to_be_focused()


def test_a_reporter_types_a_place_by_touch(browser: Browser, portal: Portal) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, has_touch=True, locale="en-GB"
    )
    citizen = Person(context.new_page(), portal)
    citizen.opens("/buat-laporan")
    box = _box(citizen, "Province")
    box.tap()
    box.fill("jabar")
    expect(_status(box)).to_have_text("1 choice matches.")
    _options(box).first.tap()
    expect(box).to_have_value("Jawa Barat")
    expect(_box(citizen, "Regency or city")).to_be_visible()
    assert citizen.fits
    assert citizen.troubles == []
    context.close()


def test_without_scripts_it_is_a_select(meet: Meet) -> None:
    admin = _at(meet(scripts=False), "/panel/buat")
    admin.picks("Provinsi", "Jawa Tengah")
    admin.presses("Tampilkan wilayah berikutnya")
    admin.picks("Kabupaten/kota", "Kota Semarang")
    admin.picks("Kategori", "Jembatan")
    expect(admin.page.get_by_role("combobox").and_(admin.page.locator("input"))).to_have_count(0)


def test_an_open_list_is_not_closed_to_who_cannot_see_or_point(
    browser: Browser, portal: Portal
) -> None:
    portal.forgets_who_came()
    with looking(browser, portal) as admin:
        admin.signs_in(ADMIN)
        admin.opens("/panel/buat")
        broken = {}
        for words in ("", "ja", "xyzzy"):
            for label in ("Kategori", "Provinsi"):
                box = _box(admin, label)
                box.fill(words)
                broken[label, words] = broken_here(admin, dark=True)
                assert all(_heights(_options(box)))
    assert {where: wrong for where, wrong in broken.items() if wrong} == {}


def _at(person: Person, path: str) -> Person:
    person.signs_in(ADMIN)
    person.opens(path)
    return person


def _box(person: Person, label: str) -> Locator:
    """A list that is typed into, of this label."""
    return person.page.locator("main .picker").get_by_role("combobox", name=label)


def _options(box: Locator) -> Locator:
    return box.locator("xpath=..").locator("[role=listbox]").get_by_role("option")


def _marked(box: Locator) -> Locator:
    return box.locator("xpath=..").locator("[role=listbox] [aria-selected=true]")


def _status(box: Locator) -> Locator:
    return box.locator("xpath=..").get_by_role("status")


def _fill(box: Locator, words: str) -> None:
    box.fill(words)
    box.press("Enter")
    expect(box).to_have_value(words)


def _heights(options: Locator) -> list[bool]:
    """Whether each is high enough to be pressed."""
    high: list[bool] = options.evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height > 43.9)"
    )
    return high


@contextmanager
def _many_colleagues(portal: Portal) -> Iterator[None]:
    """Twelve more people in the city."""
    with portal.postgres.administer(DATABASE) as connection:
        connection.execute(
            "INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active,"
            " token_version) SELECT 'rekan.' || n, 'Ŝiti Rekan ' || n, o.role, a.agency_id, '',"
            " true, 1 FROM routing.staff a, routing.staff o, generate_series(1, 12) n"
            " WHERE a.username = %s AND o.username = %s",
            (ADMIN, OFFICER),
        )
        try:
            yield
        finally:
            connection.execute("DELETE FROM routing.staff WHERE username LIKE 'rekan.%'")
