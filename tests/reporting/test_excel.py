"""*Unduh Excel*: what people open, read with openpyxl and with calamine."""

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import httpx
import psycopg
import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY_ADMIN, FIRST, PAPUA_ADMIN, ROADS, ROADS_OFFICER

LAPORAN_RINGKAS = [
    *["Tracking ID", "Tanggal Laporan Masuk", "Waktu Laporan Masuk", "Klasifikasi Laporan"],
    *["ID Kategori", "Kategori", "Judul Laporan", "Isi Laporan Awal", "Isi Laporan Akhir"],
    *["Tipe Laporan (Anonim/Rahasia)", "Sumber Laporan", "Instansi Induk"],
    *["ID Instansi Terdisposisi", "Instansi Terdisposisi", "Status Laporan"],
    *["Alasan Tunda/Arsip", "Provinsi", "Kota/Kabupaten", "Kecamatan", "Kelurahan"],
]
HEADER = 8


async def excel(
    reporting: httpx.AsyncClient, header: dict[str, str], **selection: Any
) -> tuple[bytes, Any]:
    """The workbook as bytes, and its first sheet as openpyxl reads it."""
    answer = await reporting.post("/downloads", json={"selection": selection}, headers=header)
    assert answer.status_code == 200, answer.text
    return answer.content, load_workbook(BytesIO(answer.content))["Laporan"]


def records(sheet: Any) -> list[dict[str, Any]]:
    names = [cell.value for cell in sheet[HEADER]]
    rows = sheet.iter_rows(min_row=HEADER + 1, values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


async def test_the_columns_agencies_know_come_first_in_their_order(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    _, sheet = await excel(reporting, bearer(CITY_ADMIN), tab="deferred")
    assert [cell.value for cell in sheet[HEADER]][:20] == LAPORAN_RINGKAS
    assert sheet.cell(HEADER, 21).value == "Tautan"


@pytest.mark.parametrize(("who", "named"), [(CITY_ADMIN, True), (ROADS_OFFICER, False)])
async def test_agencies_below_are_named_where_there_are_some(
    reporting: httpx.AsyncClient, bearer: Bearer, who: int, named: bool
) -> None:
    _, sheet = await excel(reporting, bearer(who), tab="incoming")
    block = {row[0].value: row[1].value for row in sheet["A1:B6"]}
    assert ("dan semua instansi di bawahnya" in block["Instansi"]) is named


async def test_one_can_work_with_it_at_once(reporting: httpx.AsyncClient, bearer: Bearer) -> None:
    _, sheet = await excel(
        reporting,
        bearer(CITY_ADMIN),
        tab="disposed",
        submitted_from="2026-02-01",
        submitted_to="2026-02-28",
        channel=["website", "sms"],
        overdue=False,
    )
    block = {row[0].value: row[1].value for row in sheet["A1:B6"]}
    assert sheet["A1"].value == "Laporan Ringkas – Terdisposisi"
    assert block["Instansi"] == "Pemerintah Kota Bandung (dan semua instansi di bawahnya)"
    assert block["Periode"] == "1 Feb 2026 sampai 28 Feb 2026"
    assert block["Saringan"] == "Sumber Laporan: Situs Web, SMS 1708; Terlambat: Tidak"
    assert block["Dibuat"].endswith(
        "WIB oleh =Admin Bandung (Admin Instansi); semua waktu dalam WIB"
    )
    assert sheet.freeze_panes == f"B{HEADER + 1}"
    assert sheet.auto_filter.ref == f"A{HEADER}:AT{sheet.max_row}"
    assert sheet.print_title_rows == f"${HEADER}:${HEADER}"
    assert sheet.column_dimensions["H"].width == 60
    rows = records(sheet)
    assert len(rows) > 20
    for row in rows:
        assert date(2026, 2, 1) <= row["Tanggal Laporan Masuk"].date() <= date(2026, 2, 28)
        assert row["Sumber Laporan"] in {"Situs Web", "SMS 1708"}
        assert row["Terlambat"] == "Tidak"
        assert row["Tautan"] == (
            f'=HYPERLINK("http://lapor.test/panel/laporan/{row["Tracking ID"]}","Buka")'
        )


async def test_dates_and_numbers_are_real_and_in_the_agencys_time_zone(
    reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    content, sheet = await excel(reporting, bearer(PAPUA_ADMIN), tab="incoming")
    rows = records(sheet)
    number = rows[0]["Tracking ID"]
    with psycopg.connect(owner_url) as connection:
        wanted = connection.execute(
            "SELECT date_trunc('hour', submitted_at) AT TIME ZONE 'Asia/Jayapura',"
            " CASE WHEN tab IN ('unverified', 'deferred') THEN date_trunc('hour', due_at)"
            " ELSE due_at END AT TIME ZONE 'Asia/Jayapura'"
            " FROM lifecycle.report WHERE number = %s",
            [number],
        ).fetchone()
    assert wanted is not None
    assert rows[0]["Tanggal Laporan Masuk"] == datetime.combine(wanted[0].date(), time())
    assert rows[0]["Waktu Laporan Masuk"] == wanted[0].time()
    assert rows[0]["Tenggat"] == wanted[1]
    other = (
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Laporan").to_python()
    )
    first = dict(zip(other[HEADER - 1], other[HEADER], strict=True))
    assert first["Tracking ID"] == number
    assert first["Tanggal Laporan Masuk"] == wanted[0].date()
    assert first["Tenggat"] == wanted[1]
    assert len(other) - HEADER == len(rows)


async def test_nothing_that_people_wrote_becomes_a_formula(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    content, sheet = await excel(reporting, bearer(CITY_ADMIN), tab="incoming")
    titles = [row[6] for row in sheet.iter_rows(min_row=HEADER + 1)]
    risky = {cell.value: cell for cell in titles if cell.value[:1] in "=+-@#"}
    assert set(risky) == {
        *['=HYPERLINK("http://jahat.test","klik")', "+62 812", "-1+1|cmd", "@SUM(A1)", "#N/A"]
    }
    for value, cell in risky.items():
        assert cell.data_type == "s", value
        assert cell.quotePrefix or value.startswith("#")
    formulas = {
        cell.column for row in sheet.iter_rows() for cell in row if cell.data_type in {"f", "e"}
    }
    assert formulas == {21}  # our own links
    other = (
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("Laporan").to_python()
    )
    assert set(risky) <= {row[6] for row in other[HEADER:]}


async def test_texts_reasons_and_places_are_those_of_the_report(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    _, sheet = await excel(
        reporting, bearer(CITY_ADMIN), tab="deferred", status=["AWAITING_INFORMATION"]
    )
    row = next(r for r in records(sheet) if r["Provinsi"] and r["Kelurahan"])
    number = row["Tracking ID"]
    assert row["Alasan Tunda/Arsip"] == f"Data belum lengkap: =Alasan {number}"
    assert row["Isi Laporan Awal"].startswith(f"Isi awal laporan {number - FIRST + 1}")
    assert (row["Provinsi"], row["Kota/Kabupaten"]) == ("Jawa Barat", "Kota Bandung")
    assert row["Status Laporan"] == "Menunggu Kelengkapan Informasi"
    assert row["Tag"] == "aspal, drainase"


async def test_verification_and_follow_up_are_measured_in_working_days(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    _, sheet = await excel(
        reporting, bearer(CITY_ADMIN), tab="disposed", status=["CLOSED_BY_REPORTER"]
    )
    rows = records(sheet)
    monday = next(r for r in rows if r["Tanggal Laporan Masuk"].weekday() == 0)
    assert monday["Lama Verifikasi (hari kerja)"] == 1
    assert monday["Lama Tindak Lanjut (hari kerja)"] == 2
    saturday = next(r for r in rows if r["Tanggal Laporan Masuk"].weekday() == 5)
    assert saturday["Lama Verifikasi (hari kerja)"] == 0
    assert {r["Nilai Kepuasan (1–5)"] for r in rows} == {4}


async def test_the_second_sheet_adds_up_and_has_native_charts(
    reporting: httpx.AsyncClient, bearer: Bearer
) -> None:
    content, sheet = await excel(reporting, bearer(CITY_ADMIN), tab="disposed")
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["Laporan", "Ringkasan"]
    summary = book["Ringkasan"]
    rows = records(sheet)
    assert summary["B2"].value == len(rows)
    figures = {r[0].value: r[1].value for r in summary.iter_rows() if r[0].value}
    for status in ("Terverifikasi", "Ditutup oleh Admin"):
        assert figures[status] == sum(r["Status Laporan"] == status for r in rows)
    charts = summary._charts  # type: ignore[attr-defined]  # openpyxl's only list of them
    assert len(charts) == 8
    for chart in charts:
        reference = chart.series[0].val.numRef.f
        assert reference.startswith("'Ringkasan'!$B$")


@pytest.mark.parametrize("staff", [CITY_ADMIN, ROADS_OFFICER])
async def test_a_workbook_of_no_reports_is_a_workbook(
    reporting: httpx.AsyncClient, bearer: Bearer, staff: int
) -> None:
    _, sheet = await excel(reporting, bearer(staff), tab="incoming", submitted_from="2031-01-01")
    assert records(sheet) == []
    assert (staff == ROADS_OFFICER) == (str(ROADS) == "3" and "Dinas" in sheet["B2"].value)
