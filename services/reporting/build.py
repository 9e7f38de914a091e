"""Makes one file and ends: `python -m services.reporting.build`, a `Job` as JSON on its input.

A process of its own, so that the service goes on answering, a cancelled download ends at once,
and its memory is given back. Says on its output how many rows it has written, a line each time.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from services.reporting.columns import Context, columns
from services.reporting.heading import title, title_block
from services.reporting.job import CHARTS, Format, Job
from services.reporting.names import read_names
from services.reporting.reading import read, snapshot
from services.reporting.summary import Summary
from shared.labels import label

SAY_EVERY = 0.5
"""Seconds between two lines of progress."""


def build(job: Job) -> int:
    """Write `job.output`; the number of rows that went into it."""
    with snapshot(job.database_url) as connection:
        context = Context(read_names(connection), job.zone, job.panel_url)
        tab = job.selection.tab
        words = job.format not in CHARTS
        rows = _Counted(read(connection, tab, job.where, words=words))
        summary = Summary(tab, context)
        if job.format is Format.XLSX:
            # Imported here: only what the job needs is waited for.
            from services.reporting.excel import write_workbook

            sheet = label("download_words", "users" if tab == "users" else "reports")
            block = title_block(job, context)
            write_workbook(job.output, sheet, title(job), block, columns(tab), rows, summary)
        elif job.format is Format.CSV:
            from services.reporting.lines import write_csv

            write_csv(job.output, columns(tab), rows, context)
        elif job.format is Format.JSONL:
            from services.reporting.lines import write_jsonl

            write_jsonl(job.output, columns(tab), rows, context)
        else:
            from services.reporting.charts import draw

            for row in rows:
                summary.add(row)
            draw(job.output, job.format, title(job), title_block(job, context), summary)
    return rows.count


class _Counted:
    """Rows, counted and told of as they pass."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Any]:
        said = time.monotonic()
        for row in self._rows:
            self.count += 1
            yield row
            if self.count % 100 == 0 and time.monotonic() - said > SAY_EVERY:
                said = time.monotonic()
                _say(self.count)
        _say(self.count)


def _say(rows: int) -> None:
    sys.stdout.write(f"{rows}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    build(Job.model_validate_json(sys.stdin.buffer.read()))
