"""Rows of an Excel download a second, and the memory it needs at ten times the rows."""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from pydantic import BaseModel

from benchmarks.download_rows import fill_for_downloads
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.part import Size
from benchmarks.stack import Stack, running
from services.reporting.files.job import Format, Job
from services.reporting.files.selection import DownloadTab, Selection
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Role

SPEED, MEMORY = at_least(0.8), at_most(1.2)
TIMES = 10
"""By how much the larger download is larger."""


async def excel(_: None, size: Size) -> list[Figure]:
    """A workbook of many rows, one of a tenth of them, and bare openpyxl with the same columns,
    each in a process of its own."""
    many, rounds = size.of(200_000, 20_000, 200), size.of(3, 1, 1)
    few = many // TIMES
    async with running([]) as stack:
        await fill_for_downloads(stack, many)
        found = [await _round(stack, few, many) for _ in range(rounds)]
    ours = median(round_.ours.rate for round_ in found)
    floor = median(round_.floor.rate for round_ in found)
    speed = median(round_.ours.rate / round_.floor.rate for round_ in found)
    large = median(round_.ours.mebibytes for round_ in found)
    small = median(round_.few.mebibytes for round_ in found)
    return [
        Figure(
            name=f"rows of a workbook, {many:,} reports",
            unit="a second",
            ours=ours,
            floor=floor,
            floor_is="openpyxl write-only, the same values, from memory",
            score=speed,
            aim=SPEED,
        ),
        Figure(
            name="the most memory it needs",
            unit="MiB",
            ours=large,
            floor=small,
            floor_is=f"{few:,} reports, not {many:,}",
            score=large / small,
            aim=MEMORY,
        ),
    ]


class Made(BaseModel):
    """What a workbook took."""

    rows: int
    seconds: float
    mebibytes: float
    """At most, of memory."""

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


async def make_workbook(what: str, job: Job, rows: int | None) -> Made:
    """One workbook, `ours` or the `floor`, in a process of its own. `rows` are those it must have,
    None: any."""
    with tempfile.TemporaryDirectory(prefix="lapor-bench-") as folder:
        output = Path(folder) / "made.xlsx"
        given = job.model_copy(update={"output": output, "parts": (Path(folder) / "p").as_uri()})
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "benchmarks.excel_once", what, str(rows or 0)],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        answer, _ = await process.communicate(given.model_dump_json().encode())
        if process.returncode:
            raise RuntimeError(f"{what}: no workbook")
    made = Made.model_validate_json(answer.splitlines()[-1])
    assert rows is None or made.rows == rows, made
    return made


def workbook_job(
    stack: Stack, *, priority: bool | None = None, submitted_from: date | None = None
) -> Job:
    """All reports, or those that have priority (a tenth), or that came since a day."""
    return Job(
        database_url=stack.settings("lapor_reporting").database_url,
        selection=Selection(
            tab=DownloadTab.INCOMING, priority=priority, submitted_from=submitted_from
        ),
        format=Format.XLSX,
        agency_id=1,
        agency_name="Admin Pusat",
        zone=Zone.WIB,
        reader_agency_id=1,
        reader_name="Petugas",
        reader_role=Role.CENTRAL_ADMIN,
        at=datetime.now(UTC),
        panel_url="http://127.0.0.1:8000",
        output=Path(),
        parts="",
    )


@dataclass(frozen=True)
class _Round:
    ours: Made
    floor: Made
    few: Made


async def _round(stack: Stack, few: int, many: int) -> _Round:
    return _Round(
        ours=await make_workbook("ours", workbook_job(stack), many),
        floor=await make_workbook("floor", workbook_job(stack), many),
        few=await make_workbook("ours", workbook_job(stack, priority=True), few),
    )
