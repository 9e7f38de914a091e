"""Makes one file: `python -m services.reporting.files.build`, with a `Job` as JSON on its input.

It is a process of its own so that the service can answer meanwhile, a cancelled download ends at
once, and its memory is freed. It prints the number of rows written so far, one line each time. Rows
are saved in parts as they are read; if some parts exist already, it continues after them.
"""

import hashlib
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from services.reporting.files import lines
from services.reporting.files.columns import Context, columns
from services.reporting.files.heading import title, title_block
from services.reporting.files.job import CHARTS, CSV_MARKS, Format, Job
from services.reporting.files.lines import Encode
from services.reporting.files.names import read_names
from services.reporting.files.parts import ROWS, Part, Parts
from services.reporting.files.reading import position, read, snapshot
from services.reporting.files.summary import Summary
from shared.labels import label

SAY_EVERY = 0.5
"""Seconds between two lines of progress."""
_WAY_OF_WRITING = 1
"""Increase this number when the same columns are written in a new way."""


def build(job: Job) -> int:
    """Write `job.output` and return its number of rows."""
    with snapshot(job.database_url) as connection:
        context = Context(read_names(connection), job.zone, job.panel_url)
        tab = job.selection.tab
        summary = Summary(tab, context)
        if job.format in CHARTS:
            # Imported here so that other formats do not wait for what only charts need.
            from services.reporting.files.charts import draw

            for row in _with_progress(read(connection, job, words=False)):
                summary.add(row)
            draw(job.output, job.format, title(job), title_block(job, context), summary)
            return summary.rows
        parts = Parts(job.parts)
        after = None
        for part in parts.find(_layout(job)):
            summary.take(part.figures)
            after = part.last
        rows = read(connection, job, words=True, after=after)
        _write_parts(job, context, parts, summary, _with_progress(rows, summary.rows))
        _put_together(job, context, parts, summary)
    return summary.rows


def _write_parts(
    job: Job, context: Context, parts: Parts, summary: Summary, rows: Iterator[Any]
) -> None:
    """Read the remaining rows and save them in parts, each with the figures of its rows."""
    tab, layout, at, encode = job.selection.tab, _layout(job), job.at, _encoder(job, context)
    while batch := list(islice(rows, ROWS)):
        counted = Summary(tab, context)
        for row in batch:
            counted.add(row)
        figures, last = counted.figures(), position(tab, batch[-1])
        part = Part(layout=layout, rows=len(batch), last=last, read_at=at, figures=figures)
        parts.add(part, encode(batch, summary.rows))
        summary.take(figures)


def _encoder(job: Job, context: Context) -> Encode:
    shown = columns(job.selection.tab)
    if job.format in CSV_MARKS:
        return lines.csv_rows(shown, context, CSV_MARKS[job.format])
    if job.format is Format.JSONL:
        return lines.jsonl_rows(shown, context)
    # Imported here, like the charts: openpyxl is a quarter of the cost of a small CSV.
    from services.reporting.files import excel
    from services.reporting.files.excel_rows import RowWriter

    writer = RowWriter(shown, context, excel.styles())
    above = len(title_block(job, context))

    def encode(rows: Sequence[Any], first: int) -> bytes:
        numbered = enumerate(rows, first)
        return "".join(
            writer.write(row, excel.place_of(number, above)) for number, row in numbered
        ).encode()

    return encode


def _put_together(job: Job, context: Context, parts: Parts, summary: Summary) -> None:
    """Write the file from all parts. Its title block says when the reading began and ended."""
    tab = job.selection.tab
    if job.format is Format.XLSX:
        from services.reporting.files import excel

        sheet = label("download_words", "users" if tab == "users" else "reports")
        begun = parts.known[0].read_at if parts.known else None
        block = title_block(job, context, begun)
        excel.write_workbook(job.output, sheet, title(job), block, columns(tab), parts, summary)
        return
    with job.output.open("wb") as file:
        if job.format in CSV_MARKS:
            file.write(lines.csv_header(columns(tab), CSV_MARKS[job.format]))
        file.writelines(parts.contents())


def _layout(job: Job) -> str:
    """Return a short hash of how the rows of a part are written: which columns, in which order, and
    how times are shown. Parts with another hash are not continued."""
    keys = [column.key for column in columns(job.selection.tab)]
    exact = job.reader_role.reads_arrivals
    written = f"{_WAY_OF_WRITING} {job.format} {job.zone} {exact} {keys}"
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _with_progress(rows: Iterable[Any], count: int = 0) -> Iterator[Any]:
    """Yield the rows and print how many have passed, counting from `count`."""
    last = time.monotonic()
    for row in rows:
        count += 1
        yield row
        if count % 100 == 0 and time.monotonic() - last > SAY_EVERY:
            last = time.monotonic()
            _print_progress(count)
    _print_progress(count)


def _print_progress(rows: int) -> None:
    sys.stdout.write(f"{rows}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    build(Job.model_validate_json(sys.stdin.buffer.read()))
