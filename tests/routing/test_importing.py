"""Importing agencies and people: a template, a dry run that names each bad row, all or nothing."""

import asyncio
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from services.routing.imports import endpoints, runner, workbook
from tests.routing.country import Country
from tests.routing.panel import signed_in

COORDINATOR = "koordinator.jabar"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AGENCIES = [
    ["dinas-impor", "Dinas Impor", "Unit Kerja", "kab-bandung", "WIB", "Dispor; Impor Raya"],
    ["bidang-impor", "Bidang Impor", "unit", "dinas-impor", "wib"],
]
PEOPLE = [
    ["impor.satu", "Impor Satu", "Admin Instansi", "dinas-impor"],
    ["impor.dua", "Impor Dua", "Pejabat Penghubung", "bidang-impor"],
]


async def template(country: Country) -> Any:
    answer = await country.get(COORDINATOR, "/management/imports/template")
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


async def test_codes_of_agencies_are_downloaded_where_they_are_asked_for(country: Country) -> None:
    async with signed_in(country, COORDINATOR) as panel:
        await panel.opens("/panel/impor")
        assert "/panel/impor/kode" in panel.page.xpath("//a/@href")
        answer = await panel.http.get("/panel/impor/kode")
    [sheet] = load_workbook(io.BytesIO(answer.content)).worksheets
    heading, *rows = [tuple(cell.value or "" for cell in row) for row in sheet.rows]
    assert heading == ("Kode", "Nama", "Kode Instansi Induk")
    assert ("kab-bandung", "Pemerintah Kabupaten Bandung", "jabar") in rows
    assert ("jabar", "Pemerintah Provinsi Jawa Barat", "") in rows
    assert not [row for row in rows if row[0] in ("pusat", "kemensos", "kota-jaksel")]
    officer = await country.get("petugas.pupr.kab.bandung", "/management/imports/agency-codes")
    assert officer.status_code == 403


async def filled(country: Country, agencies: list[Any], people: list[Any]) -> bytes:
    book = await template(country)
    for sheet, rows in (("Instansi", agencies), ("Pengguna", people)):
        for row in rows:
            book[sheet].append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_sheet(content: bytes, changed: Callable[[bytes], bytes]) -> bytes:
    """The workbook with the XML of its first sheet changed."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in source.namelist():
            part = source.read(name)
            written.writestr(name, changed(part) if name.endswith("sheet1.xml") else part)
    return target.getvalue()


async def send(country: Country, content: bytes, *, dry_run: bool) -> dict[str, Any]:
    """The import once it has ended."""
    answer = await country.http.post(
        "/management/imports",
        files={"file": ("impor.xlsx", content, XLSX)},
        data={"dry_run": str(dry_run).lower()},
        headers=country.header(COORDINATOR),
    )
    assert answer.status_code == 202, answer.text
    path = f"/management/imports/{answer.json()['id']}"
    while (seen := (await country.get(COORDINATOR, path)).json())["state"] == "running":
        await asyncio.sleep(0.05)
    return dict(seen)


async def links(country: Country, import_id: str) -> httpx.Response:
    path = f"/management/imports/{import_id}/links"
    return await country.http.post(path, headers=country.header(COORDINATOR))


async def test_a_dry_run_saves_nothing_and_the_run_saves_everything(country: Country) -> None:
    content = await filled(country, AGENCIES, PEOPLE)
    dry = await send(country, content, dry_run=True)
    assert (dry["state"], dry["problems"]) == ("checked", [])
    assert (dry["total"], dry["agencies"], dry["people"]) == (4, 2, 2)
    query = "SELECT count(*) FROM routing.agency WHERE code LIKE '%-impor'"
    assert await country.one(query) == 0
    assert (await links(country, dry["id"])).json()["code"] == "import_not_done"

    run = await send(country, content, dry_run=False)
    assert (run["state"], run["done"], run["total"]) == ("done", 4, 4)
    found = (await country.get(COORDINATOR, "/agency-choices", q="dispor")).json()["items"][0]
    assert (found["name"], found["aliases"]) == ("Dinas Impor", ["Dispor", "Impor Raya"])
    codes = await country.one(
        "SELECT array_agg(p.code ORDER BY array_position(a.path, p.id)) FROM routing.agency a"
        " JOIN routing.agency p ON p.id = ANY (a.path) WHERE a.code = 'bidang-impor'"
    )
    assert codes == ["pusat", "jabar", "kab-bandung", "dinas-impor", "bidang-impor"]
    made = await links(country, run["id"])
    sheet = load_workbook(io.BytesIO(made.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Nama Pengguna", "impor.satu", "impor.dua"]
    token = str(rows[1][2]).split("kunci=")[1]
    chosen = {"token": token, "password": "sepeda biru 9"}
    assert (await country.http.post("/password/by-link", json=chosen)).status_code == 204

    again = await send(country, content, dry_run=False)
    assert again["state"] == "refused"
    assert {problem["code"] for problem in again["problems"]} == {"taken"}


async def test_people_come_with_an_address_where_there_is_one(country: Country) -> None:
    people = [
        ["surel.satu", "Surel Satu", "Pejabat Penghubung", "kab-bandung", "Satu@Bandung.example"],
        ["surel.dua", "Surel Dua", "Pejabat Penghubung", "kab-bandung", ""],
    ]
    wrong = [[*people[0][:4], "satu di bandung"]]
    refused = await send(country, await filled(country, [], wrong), dry_run=True)
    assert [(p["field"], p["code"]) for p in refused["problems"]] == [("email", "email_invalid")]
    run = await send(country, await filled(country, [], people), dry_run=False)
    assert (run["state"], run["people"]) == ("done", 2)
    seen = (await country.get(COORDINATOR, "/management/staff", q="surel")).json()["items"]
    assert [(person["email"], person["email_state"]) for person in seen] == [
        ("", "none"),
        ("satu@bandung.example", "unproven"),
    ]
    # With the spreadsheet of links, each is mailed to who has an address.
    await links(country, run["id"])
    told = "SELECT recipient FROM notification.message WHERE template = 'password_link'"
    assert f"staff-{seen[1]['id']}" in [row.recipient for row in await country.rows(told)]


async def test_a_sheet_of_before_has_no_column_for_addresses(country: Country) -> None:
    book = await template(country)
    book["Pengguna"].delete_cols(5)
    book["Pengguna"].append(["tanpa.surel", "Tanpa Surel", "Pejabat Penghubung", "kab-bandung"])
    content = io.BytesIO()
    book.save(content)
    dry = await send(country, content.getvalue(), dry_run=True)
    assert (dry["state"], dry["problems"]) == ("checked", [])


async def test_each_bad_row_and_field_is_named_and_nothing_is_saved(country: Country) -> None:
    agencies = [
        ["dinas-benar", "Dinas Benar", "Unit Kerja", "kab-bandung", "WIB"],
        ["Dinas Salah", "", "Kantor", "kemensos", "GMT"],
        ["dinas-benar", "Dinas Kembar", "Unit Kerja", "kab-bandung", "WIB"],
        ["bidang-awal", "Bidang Awal", "Unit Kerja", "dinas-akhir", "WIB"],
        ["dinas-akhir", "Dinas Akhir", "Unit Kerja", "kab-bandung", "WIB"],
    ]
    people = [
        ["admin.pusat", "Sudah Ada", "Admin Instansi", "dinas-benar"],
        ["orang.baru", "Orang Baru", "Admin Pusat", "dinas-benar"],
        ["=cmd()", "Rumus", "Bos", "tidak-ada"],
    ]
    content = await filled(country, agencies, people)
    refused = await send(country, content, dry_run=False)
    assert refused["state"] == "refused"
    named = {
        (problem["sheet"], problem["row"], problem["field"], problem["code"])
        for problem in refused["problems"]
    }
    assert named == {
        ("Instansi", 3, "code", "code_malformed"),
        ("Instansi", 3, "name", "needed"),
        ("Instansi", 3, "kind", "not_a_choice"),
        ("Instansi", 3, "parent", "agency_out_of_reach"),
        ("Instansi", 3, "zone", "not_a_choice"),
        ("Instansi", 4, "code", "repeated"),
        ("Instansi", 5, "parent", "parent_in_row_below"),
        ("Pengguna", 2, "username", "taken"),
        ("Pengguna", 3, "role", "role_beyond_own"),
        ("Pengguna", 4, "username", "needed"),
        ("Pengguna", 4, "role", "not_a_choice"),
        ("Pengguna", 4, "agency", "agency_out_of_reach"),
    }
    assert refused["problems"][0]["message"]
    query = "SELECT count(*) FROM routing.agency WHERE code = 'dinas-benar'"
    assert await country.one(query) == 0


async def test_an_agency_above_itself_is_said_to_be_so_on_each_of_its_rows(
    country: Country,
) -> None:
    rows = [("a", "a"), ("b", "d"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "kab-bandung")]
    agencies = [[f"lingkar-{c}", f"Lingkar {c}", "unit", _of(p), "wib"] for c, p in rows]
    refused = await send(country, await filled(country, agencies, []), dry_run=True)
    problems = {problem["row"]: problem for problem in refused["problems"]}
    assert {row: (problem["field"], problem["code"]) for row, problem in problems.items()} == {
        2: ("parent", "parent_is_itself"),
        **dict.fromkeys((3, 4, 5), ("parent", "parent_in_circle")),
    }
    assert problems[2]["message"] == "Instansi ini menyebut dirinya sendiri sebagai induk."
    assert problems[3]["message"] == (
        "Induk instansi ini berputar: lewat baris-baris lain, induknya kembali ke instansi ini."
    )


def _of(parent: str) -> str:
    return parent if parent == "kab-bandung" else f"lingkar-{parent}"


@pytest.mark.parametrize("content", [b"", b"bukan xlsx", b"PK\x03\x04rusak"])
async def test_what_is_no_spreadsheet_is_said_so(country: Country, content: bytes) -> None:
    refused = await send(country, content, dry_run=True)
    assert refused["state"] == "refused"
    assert refused["problems"][0]["code"] == "not_a_workbook"


async def test_a_damaged_sheet_and_one_that_swells_are_refused(country: Country) -> None:
    whole = await filled(country, AGENCIES, PEOPLE)
    damaged = with_sheet(whole, lambda sheet: sheet[: len(sheet) // 2])
    refused = await send(country, damaged, dry_run=True)
    assert (refused["state"], refused["problems"][0]["code"]) == ("refused", "not_a_workbook")
    swelling = with_sheet(whole, lambda sheet: sheet + b" " * workbook.MOST_BYTES)
    refused = await send(country, swelling, dry_run=True)
    assert (refused["state"], refused["problems"][0]["code"]) == ("refused", "too_many_rows")


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" t="s"><v>99999</v></c></row>',
        '<row r="2"><c r="A2"><v>Siti</v></c></row>',
        '<row r="2"><c r="A2" t="d"><v>kemarin</v></c></row>',
        '<row r="2"><c r="!!"><v>1</v></c></row>',
        '<row r="dua"><c r="A2"><v>1</v></c></row>',
    ],
)
async def test_a_cell_that_cannot_be_is_a_damaged_file(country: Country, row: str) -> None:
    end = b"</sheetData>"
    whole = await filled(country, [], [])
    damaged = with_sheet(whole, lambda sheet: sheet.replace(end, row.encode() + end))
    refused = await send(country, damaged, dry_run=True)
    assert (refused["state"], refused["problems"][0]["code"]) == ("refused", "not_a_workbook")


async def test_an_import_that_waits_for_another_is_under_way(
    country: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "SILENCE", timedelta(seconds=1))
    monkeypatch.setattr(runner, "SIGN_OF_LIFE", 0.2)
    people = [["impor.sabar", "Impor Sabar", "Admin Instansi", "kab-bandung"]]
    content = await filled(country, [], people)
    async with country.owner.session() as other:
        await other.execute(text("LOCK TABLE routing.agency IN SHARE ROW EXCLUSIVE MODE"))
        waiting = asyncio.create_task(send(country, content, dry_run=False))
        await asyncio.sleep(2)
        assert not waiting.done()
        listed = (await country.get(COORDINATOR, "/management/imports")).json()
        assert listed[0]["state"] == "running"
    assert (await waiting)["state"] == "done"


async def test_the_same_file_sent_twice_at_once_is_imported_once(country: Country) -> None:
    agencies = [["dinas-kembar", "Dinas Kembar", "Unit Kerja", "kab-bandung", "WIB"]]
    people = [["kembar.satu", "Kembar Satu", "Admin Instansi", "dinas-kembar"]]
    content = await filled(country, agencies, people)
    both = await asyncio.gather(*(send(country, content, dry_run=False) for _ in range(2)))
    assert sorted(run["state"] for run in both) == ["done", "refused"]
    refused = next(run for run in both if run["state"] == "refused")
    assert {problem["code"] for problem in refused["problems"]} == {"taken"}
    for query in (
        "SELECT count(*) FROM routing.agency WHERE code = 'dinas-kembar'",
        "SELECT count(*) FROM routing.staff WHERE username = 'kembar.satu'",
    ):
        assert await country.one(query) == 1


async def test_another_template_is_refused_by_its_heading(country: Country) -> None:
    book = await template(country)
    book["Pengguna"]["A1"] = "Login"
    content = io.BytesIO()
    book.save(content)
    refused = await send(country, content.getvalue(), dry_run=True)
    problem = refused["problems"][0]
    assert (problem["sheet"], problem["code"]) == ("Pengguna", "heading_wrong")


async def test_imports_are_their_owner_s(country: Country) -> None:
    content = await filled(country, [], [])
    mine = await send(country, content, dry_run=True)
    path = f"/management/imports/{mine['id']}"
    assert (await country.get("admin.pusat", path)).status_code == 404
    assert (await country.get("admin.jabar", path)).status_code == 403
