"""*Unduh Excel*: a workbook that people can work with at once, written row by row."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from services.reporting.columns import Column
from services.reporting.excel_cells import header_cell, hyperlink, new_sheet, safe, styled
from services.reporting.excel_summary import write_summary
from services.reporting.summary import Summary
from shared.labels import label

ROWS_A_SHEET = 1_000_000
"""Excel takes 1,048,576; what is more goes on in another sheet."""

_TITLE_FONT = Font(bold=True, size=14)
_BOLD = Font(bold=True)


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
                    hyperlink(sheet, value) if index in self._links else safe(sheet, value)
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
