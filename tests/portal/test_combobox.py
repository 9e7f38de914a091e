"""An agency is chosen from a list that opens as one types, by keyboard too, or by a search."""

import re

import pytest
from playwright.sync_api import expect

from tests.portal.conftest import Meet, Person, Portal
from tests.portal.prepared import ADMIN, CLEANING, WORKS, Prepared

WORDS, NAME = "dinas pu kab bandng", "Dinas Pekerjaan Umum dan Tata Ruang Kabupaten Bandung"
PARENT = "Pemerintah Provinsi Jawa Barat"
"""Chosen for a coordinator of the province as the form comes."""


def test_an_agency_is_chosen_by_keyboard_as_its_name_is_typed(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("koordinator.jabar")
    admin.opens("/panel/instansi/tambah")
    address = admin.page.url
    box = admin.page.locator("#f-parent_id").get_by_role("combobox")
    expect(admin.page.locator("#f-parent_id").get_by_role("button", name="Cari")).to_be_hidden()
    box.press_sequentially(WORDS)
    options = admin.page.locator("#f-parent_id").get_by_role("option")
    expect(options.first).to_contain_text(NAME)
    expect(options.first).to_contain_text("Pemerintah Kabupaten Bandung")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    active = box.get_attribute("aria-activedescendant")
    assert active == options.first.get_attribute("id")
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value(PARENT)
    box.press_sequentially(WORDS)
    expect(options.first).to_contain_text(NAME)
    box.press("Enter")
    expect(box).to_have_value(NAME)
    expect(admin.page.get_by_role("radio", name=NAME)).to_be_checked()
    assert admin.page.url == address
    box.fill("dinas")
    expect(admin.page.locator("#f-parent_id").get_by_role("status")).to_contain_text("20 dari")


@pytest.mark.timeout(600)
def test_what_the_field_reads_is_what_is_sent(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("koordinator.jabar")
    admin.opens("/panel/instansi/tambah")
    field = admin.page.locator("#f-parent_id")
    box, status = field.get_by_role("combobox"), field.get_by_role("status")
    chosen = field.get_by_role("radio", name=NAME)

    expect(box).to_have_value(PARENT)
    expect(field.get_by_role("radio", name=PARENT)).to_be_checked()
    admin.take_listed(field, WORDS, NAME)
    (sent,) = _sent(admin)
    for typed, left_by in (("bapenda", "Tab"), ("salah", "Tab"), ("salah", "Escape")):
        box.fill(typed)
        if typed == "salah":
            expect(status).to_have_text("Tidak ada instansi yang cocok. Coba kata lain.")
        box.press(left_by)
        expect(box).to_have_value(NAME)
        expect(status).to_have_text(f"Dipilih: {NAME}")
        assert _sent(admin) == [sent]
    expect(chosen).to_be_checked()

    box.fill("")
    box.press("Tab")
    expect(chosen).not_to_be_checked()
    assert _sent(admin) == [], "what is emptied is not sent"
    box.fill("bapenda")
    box.press("Tab")
    expect(box).to_have_value("bapenda")
    assert _sent(admin) == [], "words are no choice"
    chosen.check()
    expect(box).to_have_value(NAME)
    assert _sent(admin) == [sent]


@pytest.mark.timeout(600)
def test_a_choice_that_the_page_came_with_is_read_and_is_no_search(meet: Meet) -> None:
    admin = meet()
    admin.signs_in("koordinator.jabar")
    admin.opens("/panel/statistik/pengelolaan")
    field = admin.page.locator("#f-agency")
    box = field.locator("[role=combobox]")
    own = box.input_value()
    admin.page.get_by_text("Pilih Instansi", exact=True).click()
    expect(field.get_by_role("radio", name=own)).to_be_checked()
    admin.presses("Tampilkan")
    expect(box).to_have_value(own)
    expect(field.locator("[type=radio]")).to_have_count(1)
    assert own and "yang cocok" not in (field.text_content() or "")


def _sent(person: Person) -> list[str]:
    """The agencies that the form would send now."""
    form = person.page.locator("form:has(#f-parent_id)")
    return list(form.evaluate("form => new FormData(form).getAll('parent_id')"))


def test_without_scripts_a_search_offers_the_same(meet: Meet) -> None:
    admin = meet(scripts=False)
    admin.signs_in("koordinator.jabar")
    admin.opens("/panel/instansi/tambah")
    admin.page.fill("#f-name", "Seksi Trotoar")
    admin.page.locator("#f-parent_id").get_by_role("searchbox").fill(WORDS)
    with admin.page.expect_event("load"):
        admin.page.locator("#f-parent_id").get_by_role("searchbox").press("Enter")
    assert admin.page.input_value("#f-name") == "Seksi Trotoar"
    expect(admin.page.get_by_role("radio", name=NAME).first).to_be_visible()


@pytest.mark.timeout(600)
def test_a_category_brings_its_usual_unit_and_takes_no_choice_away(
    meet: Meet, portal: Portal
) -> None:
    prepared = Prepared(portal)
    prepared.verified("Jalan berlubang di Candi")
    number = prepared.submitted("jalan berlubang di candi baru")
    admin = meet()
    admin.signs_in(ADMIN)
    admin.opens(f"/panel/laporan/{number}/verify")
    units = admin.page.get_by_role("group", name="Satuan kerja yang menindaklanjuti")
    assert "Biasanya untuk kategori ini" not in units.inner_text()
    admin.picks("Kategori", "Jalan Berlubang")
    expect(units.get_by_role("radio").first).to_have_accessible_name(
        re.compile(f"^{WORKS} ?Biasanya untuk kategori ini")
    )
    admin.takes_agency(units, "lingkungan hidup", CLEANING)
    admin.picks("Kategori", "Jembatan")
    expect(admin.page.get_by_label("tambal sulam")).to_have_count(0)
    expect(units.get_by_role("radio", name=CLEANING)).to_be_checked()
    expect(units.get_by_role("combobox")).to_have_value(CLEANING)
