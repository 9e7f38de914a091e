"""`python -m benchmarks.excel_once ours|floor ROWS`, a `Job` as JSON on its input: makes one
workbook and tells its rows, seconds and peak memory. A process of its own, for its memory."""

import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from services.reporting.files.build import build
from services.reporting.files.columns import Context, columns
from services.reporting.files.job import Job
from services.reporting.files.names import read_names
from services.reporting.files.reading import read, snapshot
from shared.labels import labels

SAMPLE = 2_000
"""Rows that the floor writes again and again: what it needs of memory does not matter."""


def main() -> None:
    what, rows = sys.argv[1], int(sys.argv[2])
    job = Job.model_validate_json(sys.stdin.buffer.read())
    sample = _sample(job, rows) if what == "floor" else []
    begun = time.perf_counter()
    made = _bare(job.output, islice(cycle(sample), rows)) if sample else build(job)
    seconds = time.perf_counter() - begun
    # Not ru_maxrss, which a new process inherits from the one that started it.
    status = Path("/proc/self/status").read_text().splitlines()
    peak = int(next(line.split()[1] for line in status if line.startswith("VmHWM")))
    result = {"rows": made, "seconds": seconds, "mebibytes": peak / 1024}
    sys.stdout.write(f"{json.dumps(result)}\n")


def _bare(output: Path, rows: Iterator[list[Any]]) -> int:
    """What openpyxl costs alone: no styles, no links, no second sheet, nothing read."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Laporan")
    count = 0
    for row in rows:
        sheet.append(row)
        count += 1
    book.save(output)
    return count


def _sample(job: Job, rows: int) -> list[list[Any]]:
    """The values that ours writes, as openpyxl takes them."""
    tab = job.selection.tab
    with snapshot(job.database_url) as connection:
        context = Context(read_names(connection), job.zone, job.panel_url)
        shown = [column.shown() for column in columns(tab)]
        read_rows = islice(read(connection, job, words=True), min(rows, SAMPLE))
        return [[_plain(value(row, context)) for value in shown] for row in read_rows]


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return labels("download_words")["yes" if value else "no"]
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


if __name__ == "__main__":
    main()
