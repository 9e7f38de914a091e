"""*Unduh Excel*: a workbook that people can use without further work."""

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.reporting.files import parts
from services.reporting.files.columns import Column
from services.reporting.files.excel_cells import font, header_cell, new_sheet, safe, styled
from services.reporting.files.excel_rows import Styles
from services.reporting.files.excel_summary import write_summary
from services.reporting.files.summary import Summary

ROWS_A_SHEET = 1_000 * parts.ROWS
"""A million. Excel allows 1,048,576; further rows go into another sheet."""

_TITLE_FONT = font(bold=True, size=14)
_BOLD = font(bold=True)
_ON_A_PAGE = 190
"""The most characters beside each other that are still readable on paper."""
_HEADER_HEIGHT = 48
"""The height of the header in points: three lines."""
_LEVEL = 4
"""The level of compression: takes half as long as the usual 6, for some percent more bytes."""


def place_of(row: int, block: int) -> int:
    """Return the place in its sheet of the row with this number, counted from 0. `block` is the
    number of lines of the title block above."""
    return _header_row(block) + 1 + row % ROWS_A_SHEET


def styles() -> Styles:
    """Return the styles of the workbooks that are made here."""
    return Styles.of(new_sheet(Workbook(write_only=True), "styles"))


def write_workbook(
    output: Path,
    sheet_name: str,
    title: str,
    block: list[tuple[str, str]],
    columns: tuple[Column, ...],
    written: parts.Parts,
    summary: Summary,
) -> None:
    """Write the workbook: title block, header and the rows of all parts, and a second sheet with
    their figures. The memory used does not depend on the number of rows."""
    book = Workbook(write_only=True)
    book.properties.title = title
    book.properties.creator = "LAPOR!"
    sheets = -(-summary.rows // ROWS_A_SHEET) or 1
    for index in range(sheets):
        name = f"{sheet_name} {index + 1}" if index else sheet_name
        rows = min(summary.rows - index * ROWS_A_SHEET, ROWS_A_SHEET)
        sheet = new_sheet(book, name)
        if not index:
            Styles.of(sheet)
        _fill(sheet, title, block, columns, rows)
    write_summary(book, summary)
    empty = output.with_suffix(".empty")
    book.save(empty)
    _pour(empty, output, sheets, written)
    empty.unlink()


def _fill(
    sheet: Worksheet,
    title: str,
    block: list[tuple[str, str]],
    columns: tuple[Column, ...],
    rows: int,
) -> None:
    """Write the title block and the header, which stay in view, and set filters over the rows."""
    header = _header_row(len(block))
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.row_dimensions[header].height = _HEADER_HEIGHT
    sheet.freeze_panes = f"B{header + 1}"
    sheet.auto_filter.ref = f"A{header}:{get_column_letter(len(columns))}{header + max(rows, 1)}"
    sheet.print_title_rows = f"{header}:{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.print_title_cols = "A:A"
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.fitToWidth = -(-sum(column.width for column in columns) // _ON_A_PAGE)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.append([styled(sheet, title, _TITLE_FONT)])
    for name_of_line, text in block:
        sheet.append([styled(sheet, name_of_line, _BOLD), safe(sheet, text)])
    sheet.append([])
    sheet.append([header_cell(sheet, column.title) for column in columns])


def _header_row(block: int) -> int:
    return block + 3


def _pour(empty: Path, output: Path, sheets: int, written: parts.Parts) -> None:
    """Copy the workbook and insert the rows into its sheets."""
    # The second of a workbook's sheets is the summary.
    names = [f"xl/worksheets/sheet{index or 1}.xml" for index in (0, *range(3, sheets + 2))]
    contents = written.contents()
    with (
        zipfile.ZipFile(empty) as source,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as target,
    ):
        for entry in source.namelist():
            if entry not in names:
                target.writestr(entry, source.read(entry))
        for name in names:
            with target.open(name, "w", force_zip64=True) as sheet:
                _pour_sheet(source.read(name), sheet, contents)


def _pour_sheet(empty: bytes, sheet: IO[bytes], contents: Iterator[bytes]) -> None:
    head, end, tail = empty.partition(b"</sheetData>")
    sheet.write(head)
    for content in islice(contents, ROWS_A_SHEET // parts.ROWS):
        sheet.write(content)
    sheet.write(end + tail)
