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
"""Encodes rows as they are in the file; the number is that of the first row, counted from 0."""


def csv_header(columns: Sequence[Column], marks: CsvMarks) -> bytes:
    """Return the header as in RFC 4180 except for the separator, in UTF-8 with a byte order mark,
    as spreadsheets expect."""
    return BYTE_ORDER_MARK + _csv_lines([[column.title for column in columns]], marks)


def csv_rows(columns: Sequence[Column], context: Context, marks: CsvMarks) -> Encode:
    """Return the encoder of rows as CSV. Times are in the agency's zone. A text that a spreadsheet
    would take for a formula gets an apostrophe before it."""
    shown = [column.shown() for column in columns]

    def encode(rows: Sequence[Any], _: int) -> bytes:
        lines = [[_csv_value(value(row, context), marks) for value in shown] for row in rows]
        return _csv_lines(lines, marks)

    return encode


def jsonl_rows(columns: Sequence[Column], context: Context) -> Encode:
    """Return the encoder of rows as JSON, one object per line: codes as in the API, times with
    their offset, null for nothing."""

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
    """Return the text with an apostrophe before whatever a spreadsheet would take for a formula.
    This includes full-width signs and white space before a sign (OWASP, CSV Injection). It also
    applies within the text, after characters that separate values or lines in spreadsheets that
    expect other separators than those of the file."""
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
