"""CSV for spreadsheets and JSON Lines for programs."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from services.reporting.columns import Column, Context
from shared.labels import label


def write_csv(
    output: Path, columns: tuple[Column, ...], rows: Iterable[Any], context: Context
) -> None:
    """RFC 4180, UTF-8 with a byte order mark, as spreadsheets expect. Times are the agency's.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    shown = [column.shown() for column in columns]
    with output.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.title for column in columns])
        for row in rows:
            writer.writerow([_csv_value(value(row, context)) for value in shown])


def write_jsonl(
    output: Path, columns: tuple[Column, ...], rows: Iterable[Any], context: Context
) -> None:
    """One object a line: codes as the API has them, times with their offset, null for nothing."""
    with output.open("wb") as file:
        for row in rows:
            content = {column.key: column.value(row, context) for column in columns}
            file.write(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))


def no_formula(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula
    (OWASP, CSV Injection: also full-width signs, and white space before a sign)."""
    return f"'{text}" if text.lstrip()[:1] in _RISKY or text[:1] in "\t\r\n" else text


def _csv_value(value: Any) -> Any:
    if isinstance(value, str):
        return no_formula(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, bool):
        return label("download_words", "yes" if value else "no")
    return value


_RISKY = frozenset("=+-@＝＋－＠")
