"""*Unduh Excel*: a workbook that people can work with at once, written row by row."""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.reporting.columns import Column
from services.reporting.excel_summary import write_summary
from services.reporting.summary import Summary
from shared.labels import label

ROWS_A_SHEET = 1_000_000
"""Excel takes 1,048,576; what is more goes on in another sheet."""

HEADER_FILL = PatternFill("solid", fgColor="1F4E78")
HEADER_FONT = Font(bold=True, color="FFFFFF")
_TITLE_FONT = Font(bold=True, size=14)
_BOLD = Font(bold=True)
_LINK_FONT = Font(color="0563C1", underline="single")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_workbook(
    output: Path,
    sheet_name: str,
    title: str,
    block: list[tuple[str, str]],
    columns: tuple[Column, ...],
    rows: Iterable[Any],
    summary: Summary,
) -> None:
    """Write the rows and, as second sheet, what they add up to. `summary` counts as they pass.

    Memory does not depend on the number of rows.
    """
    book = Workbook(write_only=True)
    book.properties.title = title
    book.properties.creator = "LAPOR!"
    sheet = _Sheet(book, sheet_name, title, block, columns)
    sheets = [sheet]
    shown = [(column.shown(), column.link) for column in columns]
    context = summary.context
    for row in rows:
        if sheet.rows == ROWS_A_SHEET:
            sheet = _Sheet(book, f"{sheet_name} {len(sheets) + 1}", title, block, columns)
            sheets.append(sheet)
        sheet.append([value(row, context) for value, _ in shown])
        summary.add(row)
    for written in sheets:
        written.finish()
    write_summary(book, summary)
    book.save(output)


class _Sheet:
    """A sheet of rows below a title block and a header that stay in view."""

    def __init__(
        self,
        book: Workbook,
        name: str,
        title: str,
        block: list[tuple[str, str]],
        columns: tuple[Column, ...],
    ) -> None:
        sheet = new_sheet(book, name)
        self._sheet, self.rows = sheet, 0
        self._header_row = len(block) + 3
        self._last_column = get_column_letter(len(columns))
        self._links = frozenset(i for i, column in enumerate(columns) if column.link)
        for index, column in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
        sheet.freeze_panes = f"B{self._header_row + 1}"
        sheet.print_title_rows = f"{self._header_row}:{self._header_row}"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = "9"  # A4
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.append([styled(sheet, title, _TITLE_FONT)])
        for name_of_line, text in block:
            sheet.append([styled(sheet, name_of_line, _BOLD), safe(sheet, text)])
        sheet.append([])
        sheet.append([header_cell(sheet, column.title) for column in columns])

    def append(self, values: list[Any]) -> None:
        sheet = self._sheet
        for index, value in enumerate(values):
            if isinstance(value, str):
                values[index] = (
                    _hyperlink(sheet, value) if index in self._links else safe(sheet, value)
                )
            elif isinstance(value, datetime):
                values[index] = value.replace(tzinfo=None)
            elif isinstance(value, bool):
                values[index] = label("download_words", "yes" if value else "no")
        sheet.append(values)
        self.rows += 1

    def finish(self) -> None:
        last = self._header_row + max(self.rows, 1)
        self._sheet.auto_filter.ref = f"A{self._header_row}:{self._last_column}{last}"


def new_sheet(book: Workbook, name: str, index: int | None = None) -> Worksheet:
    """A sheet to append to; write-only ones have what is used here of `Worksheet`."""
    return cast("Worksheet", book.create_sheet(name, index))


def safe(sheet: Worksheet, text: str) -> Any:
    """Text as text, whatever it begins with; what spreadsheets cannot hold is left out.

    `=`, `+`, `-` and `@` would otherwise make a formula, or make one as soon as it is edited.
    """
    if not text:
        return None
    text = _NOT_IN_XML.sub("", text)
    if text[:1] not in _RISKY and text not in ERROR_CODES:
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def styled(sheet: Worksheet, value: Any, font: Font) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value)
    cell.font = font
    return cell


def header_cell(sheet: Worksheet, title: str) -> Cell:
    cell = styled(sheet, title, HEADER_FONT)
    cell.fill = HEADER_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


_RISKY = frozenset("=+-@\t\r\n")


def _hyperlink(sheet: Worksheet, address: str) -> Cell:
    # A formula, of our own making: real hyperlinks lie in memory, and a sheet holds 65,530 only.
    word = label("download_words", "open")
    return styled(sheet, f'=HYPERLINK("{address}","{word}")', _LINK_FONT)
