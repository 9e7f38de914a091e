"""The panel's Monitoring: figures that open their reports, and data to download; searches."""

import csv
import time
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.portal.by_request import dispose, submit
from tests.portal.conftest import Meet, Person
from tests.portal.test_management import look

pytestmark = pytest.mark.timeout(600)


def downloads(person: Person, button: str, folder: Path) -> Path:
    """What the browser saves when the button is pressed."""
    with person.page.expect_download(timeout=240_000) as started:
        person.page.get_by_role("button", name=button, exact=True).click()
    file = folder / started.value.suggested_filename
    started.value.save_as(file)
    return file


def test_a_figure_opens_its_reports(meet: Meet) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    dispose(admin, number)

    for _ in range(60):  # statistics follow the events
        admin.opens("/panel/statistik/laporan?mark=status:VERIFIED")
        if number in admin.reads:
            break
        time.sleep(0.5)
    assert "Terverifikasi" in admin.page.locator("h1").inner_text()
    admin.follows("← Statistik")
    look(admin, "statistics_management")
    name = admin.page.get_by_role("rowheader", name="Terverifikasi", exact=True)
    row = admin.page.locator("tr").filter(has=name)
    count = int(row.locator("a").inner_text())
    with admin.page.expect_event("load"):
        row.locator("a").click()
    assert admin.page.locator(".list > li").count() == count
    assert number in admin.reads
    admin.follows("← Statistik")
    admin.page.locator("summary", has_text="Pilih Instansi").click()
    admin.page.get_by_role("combobox").fill("Pekerjaan Umum")
    admin.page.get_by_role("option", name="Pekerjaan Umum").first.click()
    with admin.page.expect_event("load"):
        admin.page.get_by_role("button", name="Tampilkan").click()
    assert "Pekerjaan Umum" in admin.page.locator("h1").inner_text()
    assert admin.page.locator("svg.chart .value").count() == 12  # a year by months
    look(admin, "statistics_agency")
    admin.follows("Pemanfaatan Data")
    look(admin, "statistics_usage")
    assert "Sumber laporan" in admin.reads
    admin.follows("Wilayah")
    look(admin, "statistics_places")


def test_an_officer_reads_no_figures_of_persons_and_none_of_agencies_beside(meet: Meet) -> None:
    officer = meet(phone=True, scripts=False)
    officer.signs_in("petugas.pupr.kab.bandung")
    officer.opens("/panel/statistik")
    look(officer, "statistics_phone")
    assert "Laporan masuk" in officer.reads
    assert "Admin dan petugas" not in officer.reads
    officer.opens("/panel/statistik/pengelolaan?agency=1")
    assert "Instansi “1”: instansi ini tidak ada lagi, atau" in officer.reads
    assert "Pekerjaan Umum" in officer.page.locator("h1").inner_text()


def test_a_period_that_ends_before_it_begins_is_said_at_its_last_day(meet: Meet) -> None:
    admin = meet(scripts=False)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/unduh")
    admin.page.get_by_label("Masuk sejak").fill("2026-05-01")
    admin.page.get_by_label("Masuk sampai").fill("2026-04-01")
    with admin.page.expect_event("load"):
        admin.page.get_by_role("button", name="CSV", exact=True).click()
    wrong = admin.page.locator(".field", has=admin.page.get_by_label("Masuk sampai"))
    assert "Hari terakhir lebih awal daripada hari pertama." in wrong.inner_text()
    assert admin.page.get_by_label("Masuk sejak").input_value() == "2026-05-01"


def test_reports_are_downloaded_as_a_workbook_and_as_text(meet: Meet, tmp_path: Path) -> None:
    admin = meet()
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/unduh")
    look(admin, "downloads")
    assert "dapat memakan waktu setengah menit" in admin.reads
    workbook = CalamineWorkbook.from_path(str(downloads(admin, "Unduh Excel", tmp_path)))
    rows = workbook.get_sheet_by_index(0).to_python()
    assert any(number in {str(cell).removesuffix(".0") for cell in row} for row in rows)

    admin.opens("/panel/unduh?tab=archived")
    text = downloads(admin, "CSV", tmp_path).read_text(encoding="utf-8-sig")
    assert number not in text
    assert "Tracking ID" in next(csv.reader([text.splitlines()[0]]))
    picture = downloads(admin, "Unduh Grafik (PNG)", tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG")

    admin.opens("/panel/unduh/daftar")
    look(admin, "downloads_kept")
    assert "Belum ada unduhan besar." in admin.reads


def test_a_download_is_narrowed_to_a_place_step_by_step(meet: Meet, tmp_path: Path) -> None:
    admin = meet(phone=True, scripts=False)
    number, _ = submit(admin.portal)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel/unduh?tab=incoming")
    for level, name in (("province", "Jawa Barat"), ("regency", "Kabupaten Bandung")):
        admin.page.locator(f"#f-{level}").select_option(label=name)
        admin.presses("Tampilkan wilayah di bawahnya")
    look(admin, "downloads_place")
    assert admin.fits
    assert number in downloads(admin, "CSV", tmp_path).read_text(encoding="utf-8-sig")

    admin.page.locator("#f-district").select_option(label="Soreang")
    assert number not in downloads(admin, "CSV", tmp_path).read_text(encoding="utf-8-sig")


def test_a_search_needs_no_filter(meet: Meet) -> None:
    citizen, admin = meet(phone=True), meet()
    number, _ = submit(citizen)
    admin.signs_in("admin.kab.bandung")
    admin.opens("/panel")
    admin.page.get_by_role("searchbox").fill(number)
    admin.presses("Cari")
    assert number in admin.reads
    citizen.opens("/laporan")
    citizen.page.get_by_role("searchbox").fill("berlubang")
    citizen.presses("Cari")
    assert "q=berlubang" in citizen.page.url
    citizen.opens_part("Saringan")
    citizen.presses("Terapkan")
