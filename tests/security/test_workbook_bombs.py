"""Spreadsheets that are small and mean harm, as somebody may send one to be imported."""

import io
import time
import zipfile
from itertools import pairwise

import pytest

from services.routing.imports import workbook
from shared.attachments.sandbox import Sandbox

pytestmark = pytest.mark.slow

SHEET = "xl/worksheets/sheet1.xml"


def _with(rows: bytes, before: bytes = b"") -> bytes:
    """The template with these rows in its first sheet, which does not say how large it is."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook.template())) as template,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in template.namelist():
            content = template.read(name)
            if name == SHEET:
                content = content.replace(b'<dimension ref="A1:E1"/>', b"")
                content = before + content.replace(b"</sheetData>", rows + b"</sheetData>")
            packed.writestr(name, content)
    return made.getvalue()


_SHARED_STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
_SST = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'


async def test_a_sheet_that_unpacks_to_more_than_memory_ends_alone() -> None:
    """Shared strings are read as a whole before any row."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook.template())) as template,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in template.namelist():
            content = template.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(b"</Types>", _SHARED_STRINGS + b"</Types>")
            packed.writestr(name, content)
        strings = b"<si><t>" + b"a" * 20 + b"</t></si>"
        packed.writestr("xl/sharedStrings.xml", _SST % (strings * 2_700_000))
    with pytest.raises(workbook.NotAWorkbook) as refusal:
        await workbook.rows_of(Sandbox(), made.getvalue())
    assert refusal.value.code == "workbook_too_complex"
    fine = await workbook.rows_of(Sandbox(), _with(_row(2, "dinas-a")))
    assert [row.fields["code"] for row in fine] == ["dinas-a"]


def _row(number: int, code: str) -> bytes:
    cell = f'<c r="A{number}" t="inlineStr"><is><t>{code}</t></is></c>'
    return f'<row r="{number}">{cell}</row>'.encode()


def test_a_row_in_the_millions_is_refused_without_walking_there() -> None:
    far = _with(b'<row r="30000000"><c r="A30000000" t="inlineStr"><is><t>x</t></is></c></row>')
    begun = time.process_time()
    with pytest.raises(workbook.NotAWorkbook, match="too_many_rows"):
        workbook.read_rows(far)
    assert time.process_time() - begun < 5  # walking there took a minute


def test_only_the_columns_that_are_ours_are_read() -> None:
    cell = b'<row r="%d"><c r="XFD%d" t="inlineStr"><is><t>x</t></is></c></row>'
    wide = _with(b"".join(cell % (row, row) for row in range(2, 20_000)))
    begun = time.process_time()
    assert workbook.read_rows(wide) == []
    assert time.process_time() - begun < 4  # all sixteen thousand of each row took seven seconds


def test_entities_that_multiply_are_no_workbook() -> None:
    names = "abcdefghij"
    entities = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise(names))
    before = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50}">{entities}]>'.encode()
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>&%c;</t></is></c></row>'
    [harmless] = workbook.read_rows(_with(row % ord("a"), before))
    assert harmless.fields["code"] == "a" * 50
    with pytest.raises(workbook.NotAWorkbook, match="not_a_workbook"):
        workbook.read_rows(_with(row % ord("j"), before))
