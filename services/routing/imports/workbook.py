"""The spreadsheet of agencies and people: its template, and reading its rows as they were typed."""

import asyncio
import io
import zipfile
import zlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from shared.attachments import AttachmentRejected
from shared.attachments.sandbox import Sandbox, workspace
from shared.labels import labels
from shared.values.text import FAILED_FORMULA, normalise

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 10_000
MOST_LINES = 5 * MOST_ROWS
"""Lines of a sheet, including empty ones: a file of some KB can name a row in the millions."""
MOST_BYTES = 100 * 1024 * 1024
"""Bytes of a spreadsheet when unpacked: a small file can unpack to a very large one."""
AGENCIES, PEOPLE = "Instansi", "Pengguna"
COLUMNS: dict[str, dict[str, str]] = {
    AGENCIES: {
        "code": "Kode",
        "name": "Nama",
        "kind": "Jenis",
        "parent": "Kode Instansi Induk",
        "zone": "Zona Waktu",
        "aliases": "Nama Lain",
    },
    PEOPLE: {
        "username": "Nama Pengguna",
        "name": "Nama",
        "role": "Jabatan",
        "agency": "Kode Instansi",
        "email": "Surel",
    },
}
"""For each sheet, its fields and their headings."""
OPTIONAL = ("email", "aliases")
"""Columns that may be empty, and that older templates do not have."""

KINDS = {code: name for code, name in labels("agency_kind").items() if code != "central"}
ROLES = {
    code: labels("role")[code]
    for code in ("liaison_officer", "agency_admin", "coordinating_admin", "central_admin")
}


class Row(NamedTuple):
    """A row of a sheet with its number in the spreadsheet. `fields` are stripped of surrounding
    spaces, and empty if a cell shows nothing. `faults` says, by field, what a cell holds instead of
    a text."""

    sheet: str
    number: int
    fields: dict[str, str]
    faults: dict[str, str]


class NotAWorkbook(Exception):
    """The file cannot be read: `code` says why, `sheet` says where."""

    def __init__(self, code: str, sheet: str = "") -> None:
        super().__init__(code)
        self.code, self.sheet = code, sheet


def template() -> bytes:
    """An empty .xlsx with headings, and a list of choices for each column."""
    # Imported here and below, not above: openpyxl takes a dozen MB and is seldom used.
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.worksheets[0])
    choices = {"kind": KINDS, "role": ROLES, "zone": {"WIB": "WIB", "WITA": "WITA", "WIT": "WIT"}}
    for sheet, columns in COLUMNS.items():
        page = book.create_sheet(sheet)
        page.append(list(columns.values()))
        page.freeze_panes = "A2"
        for column, (field, heading) in enumerate(columns.items(), 1):
            cell = page.cell(1, column)
            cell.font = Font(bold=True)
            letter = get_column_letter(column)
            page.column_dimensions[letter].width = max(18, len(heading) + 4)
            if field in choices:
                listed = ",".join(choices[field].values())
                offered = DataValidation("list", formula1=f'"{listed}"', allow_blank=True)
                page.add_data_validation(offered)
                offered.add(f"{letter}2:{letter}{MOST_ROWS}")
    return _saved(book)


def sheet_of(title: str, headings: list[str], rows: list[list[str]]) -> bytes:
    """A small .xlsx with one sheet."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    page.append(headings)
    for row in rows:
        page.append(row)
        for cell in page[page.max_row]:
            cell.data_type = "s"  # never a formula
    for column in range(1, len(headings) + 1):
        page.column_dimensions[get_column_letter(column)].width = 30
    return _saved(book)


async def rows_of(sandbox: Sandbox, content: bytes) -> list[Row]:
    """As `read_rows`, in a sandboxed process with limits. Raises NotAWorkbook or SandboxBusy."""
    with workspace() as folder:
        source, target = folder / "source", folder / "target"
        await asyncio.to_thread(source.write_bytes, content)
        try:
            fault = await sandbox.run(f"{__name__}:write_rows", source, target)
        except AttachmentRejected as refused:
            too_much = refused.code == "too_complex"
            raise NotAWorkbook("workbook_too_complex" if too_much else "not_a_workbook") from None
        if fault:
            raise NotAWorkbook(**fault)
        rows = orjson.loads(await asyncio.to_thread(target.read_bytes))
    return [Row(*row) for row in rows]


def write_rows(source: Path, target: Path) -> dict[str, str]:
    """The sandbox's job: read one file and write its rows, or the error, as JSON into the other."""
    try:
        rows = read_rows(source.read_bytes())
    except NotAWorkbook as error:
        return {"code": error.code, "sheet": error.sheet}
    target.write_bytes(orjson.dumps([list(row) for row in rows]))
    return {}


def read_rows(content: bytes) -> list[Row]:
    """All rows that are not empty, agencies first. Raises NotAWorkbook."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_BYTES:
                raise NotAWorkbook("too_many_rows", AGENCIES)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        with closing(book):
            return [row for sheet in COLUMNS for row in _rows(book, sheet)]
    except _DAMAGED:
        raise NotAWorkbook("not_a_workbook") from None


_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, OSError, SyntaxError),
    *(ValueError, LookupError, TypeError, ArithmeticError, AttributeError),
)
"""What reading raises if parts are truncated, are not XML, or hold impossible values."""


def _rows(book: Any, sheet: str) -> list[Row]:
    if sheet not in book.sheetnames:
        raise NotAWorkbook("sheet_missing", sheet)
    columns = COLUMNS[sheet]
    rows: list[Row] = []
    lines = book[sheet].iter_rows(max_row=MOST_LINES + 1, max_col=len(columns), values_only=True)
    for number, cells in enumerate(lines, 1):
        texts = [_text(cell) for cell in cells][: len(columns)]
        faults = [_fault(cell) for cell in cells]
        if number == 1:
            if not any(texts[len(columns) - 1 :]) and list(columns)[-1] in OPTIONAL:
                columns = dict(list(columns.items())[:-1])
            if texts[: len(columns)] != list(columns.values()):
                raise NotAWorkbook("heading_wrong", sheet)
        elif number > MOST_LINES:
            raise NotAWorkbook("too_many_rows", sheet)
        elif any(texts):
            if len(rows) == MOST_ROWS:
                raise NotAWorkbook("too_many_rows", sheet)
            padded = texts + [""] * (len(columns) - len(texts))
            wrong = {name: code for name, code in zip(columns, faults, strict=False) if code}
            rows.append(Row(sheet, number, dict(zip(columns, padded, strict=True)), wrong))
    return rows


def _text(cell: Any) -> str:
    return "" if cell is None else " ".join(normalise(str(cell)).split())


def _fault(cell: Any) -> str | None:
    """What a spreadsheet program stored instead of the typed text: a failed formula, or a day."""
    if isinstance(cell, str):
        return "formula_failed" if FAILED_FORMULA.fullmatch(cell.strip()) else None
    return None if cell is None or type(cell) in (int, float) else "not_a_text"


def _saved(book: "Workbook") -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
