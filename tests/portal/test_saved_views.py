"""The list's filters are saved under a name, found again above the list, and removed."""

from contextlib import closing

from playwright.sync_api import expect

from tests.portal.conftest import Meet, Portal
from tests.portal.reading import Reader


def test_filters_are_saved_as_a_view_and_found_again(meet: Meet) -> None:
    officer = meet(scripts=False)
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens("/panel?tab=in_process&overdue=1")
    officer.opens_part("Saringan dan urutan")
    officer.page.locator("#f-status").select_option(label="Ditanggapi oleh Pelapor")
    officer.page.get_by_label("Tanggapan pelapor belum dijawab").check()
    officer.presses("Terapkan")
    officer.page.get_by_text("Simpan tampilan ini").click()
    officer.page.get_by_label("Nama tampilan").fill("Terlambat saja")
    with officer.page.expect_event("load"):
        officer.page.get_by_label("Nama tampilan").press("Enter")
    assert officer.page.get_by_label("Nama tampilan").input_value() == "Terlambat saja"
    assert "Tampilan disimpan." not in officer.reads
    officer.presses("Simpan")
    assert "Tampilan disimpan." in officer.reads
    officer.opens("/panel")
    officer.follows("Terlambat saja")
    for parameter in ("tab=in_process", "status=REPLIED_BY_REPORTER", "reply_owed=true"):
        assert parameter in officer.page.url
    expect(officer.page.locator("#f-status")).to_have_value("REPLIED_BY_REPORTER")
    expect(officer.page.locator("input[name=overdue][type=checkbox]")).to_be_checked()
    officer.page.get_by_text("Simpan tampilan ini").click()
    officer.presses("Hapus tampilan Terlambat saja")
    assert "Tampilan dihapus." in officer.reads
    expect(officer.page.get_by_role("link", name="Terlambat saja")).to_have_count(0)


def test_a_search_goes_over_all_tabs(meet: Meet) -> None:
    officer = meet()
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens("/panel?tab=disposed&sub=closed")
    officer.page.get_by_role("searchbox", name="Cari nomor, judul, atau isi").fill("pju mati")
    officer.presses("Cari")
    assert "tab=all" in officer.page.url
    expect(officer.page.get_by_role("link", name="Semua", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_who_saves_a_view_of_a_search_is_told_that_its_words_are_not_kept(portal: Portal) -> None:
    told = "Kata pencarian tidak ikut disimpan."
    with closing(Reader(portal, "petugas.pupr.kab.bandung")) as officer:
        assert told not in officer.opens("/panel?tab=all&overdue=1").html
        assert told in officer.opens("/panel?tab=all&q=pju+mati").html
