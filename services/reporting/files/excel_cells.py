"""Cells of a workbook: text that stays text, headers."""

import re
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell.cell import ERROR_CODES, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet


def new_sheet(book: Workbook, name: str, index: int | None = None) -> Worksheet:
    """A sheet to append to; write-only ones have what is used here of `Worksheet`."""
    return cast("Worksheet", book.create_sheet(name, index))


def safe(sheet: Worksheet, text: str) -> Any:
    """Text as text, whatever it begins with; what spreadsheets cannot hold is left out.

    `=`, `+`, `-` and `@` would otherwise make a formula, or make one as soon as it is edited.
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
    """As spreadsheets begin with: one without a name is shown in another."""
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
