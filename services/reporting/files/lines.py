"""CSV for spreadsheets and JSON Lines for programs."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson

from services.reporting.files.columns import Column, Context
from services.reporting.files.job import CsvMarks
from shared.labels import label

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Encode = Callable[[Sequence[Any], int], bytes]
"""Rows as they stand in a file, the first of them of this number, from 0 on."""


def csv_header(columns: Sequence[Column], marks: CsvMarks) -> bytes:
    """RFC 4180 but for the separator, UTF-8 with a byte order mark, as spreadsheets expect."""
    return BYTE_ORDER_MARK + _csv_lines([[column.title for column in columns]], marks)


def csv_rows(columns: Sequence[Column], context: Context, marks: CsvMarks) -> Encode:
    """Times are the agency's. A text that a spreadsheet would take for a formula gets an
    apostrophe before it."""
    shown = [column.shown() for column in columns]

    def encode(rows: Sequence[Any], _: int) -> bytes:
        lines = [[_csv_value(value(row, context), marks) for value in shown] for row in rows]
        return _csv_lines(lines, marks)

    return encode


def jsonl_rows(columns: Sequence[Column], context: Context) -> Encode:
    """One object a line: codes as the API has them, times with their offset, null for nothing."""

    def encode(rows: Sequence[Any], _: int) -> bytes:
        return b"".join(
            orjson.dumps(
                {column.key: column.value(row, context) for column in columns},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for row in rows
        )

    return encode


def no_formula(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula (OWASP, CSV
    Injection: also full-width signs, and white space before a sign). Within it too, after what
    separates values or lines for a spreadsheet that expects other separators than the file has."""
    within = _AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{within}" if text.lstrip()[:1] in _RISKY or text[:1] in "\t\r\n" else within


def _csv_lines(lines: Sequence[Sequence[Any]], marks: CsvMarks) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=marks.separator).writerows(lines)
    return written.getvalue().encode()


def _csv_value(value: Any, marks: CsvMarks) -> Any:
    if isinstance(value, str):
        return no_formula(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, bool):
        return label("download_words", "yes" if value else "no")
    if isinstance(value, float):
        return str(value).replace(".", marks.decimal)
    return value


_RISKY = "=+-@＝＋－＠"
_AFTER_SEPARATOR = re.compile(rf"([,;\t\r\n][^\S\r\n]*)(?=[{re.escape(_RISKY)}])")
