"""Cells of a workbook: headers, and text that stays text."""

import re
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet


def new_sheet(book: Workbook, name: str, index: int | None = None) -> Worksheet:
    """Return a new sheet to append to. Write-only sheets have what is used here of `Worksheet`."""
    return cast("Worksheet", book.create_sheet(name, index))


def safe(sheet: Worksheet, text: str) -> Any:
    """Return the text as a cell that stays text, without characters that spreadsheets cannot hold.

    Otherwise a text that begins with `=`, `+`, `-` or `@` would become a formula, at once or when
    it is edited.
    """
    if not text:
        return None
    text = NOT_IN_XML.sub("", text)
    if text[:1] not in RISKY and text not in ERROR_CODES:
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def styled(sheet: Worksheet, value: Any, font: Font) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value)
    cell.font = font
    return cell


def font(**more: Any) -> Font:
    """Return the default font of spreadsheets. A font without a name would be shown as another
    one."""
    return Font(**{"name": "Calibri", "size": 11, **more})


def header_cell(sheet: Worksheet, title: str) -> Cell:
    cell = styled(sheet, title, _HEADER_FONT)
    cell.fill = _HEADER_FILL
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


_HEADER_FILL = PatternFill("solid", fgColor="1F4E78")
_HEADER_FONT = font(bold=True, color="FFFFFF")
LINK_FONT = font(color="0563C1", underline="single")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
RISKY = frozenset("=+-@\t\r\n")
