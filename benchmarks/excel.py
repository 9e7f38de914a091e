"""Rows of an Excel download a second, and the memory it needs at ten times the rows."""

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.download_rows import fill_for_downloads
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.part import Size
from benchmarks.stack import Stack, running
from services.reporting.files.job import Format, Job
from services.reporting.files.selection import DownloadTab, Selection
from shared.lifecycle.calendar import Zone

SPEED, MEMORY = at_least(0.8), at_most(1.2)
TIMES = 10
"""By how much the larger download is larger."""


async def excel(_: None, size: Size) -> list[Figure]:
    """A workbook of many rows, one of a tenth of them, and bare openpyxl with the same columns,
    each in a process of its own."""
    many, rounds = size.of(200_000, 40_000, 200), size.of(3, 1, 1)
    few = many // TIMES
    async with running([]) as stack:
        await fill_for_downloads(stack, many)
        found = [await _round(stack, few, many) for _ in range(rounds)]
    ours = median(one["ours"][0] for one in found)
    floor = median(one["floor"][0] for one in found)
    speed = median(one["ours"][0] / one["floor"][0] for one in found)
    large = median(one["ours"][1] for one in found)
    small = median(one["few"][1] for one in found)
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


async def _round(stack: Stack, few: int, many: int) -> dict[str, tuple[float, float]]:
    """Rows a second and MiB of each kind of run."""
    return {
        "ours": await _once("ours", _job(stack), many),
        "floor": await _once("floor", _job(stack), many),
        "few": await _once("ours", _job(stack, priority=True), few),
    }


async def _once(what: str, job: Job, rows: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="lapor-bench-") as folder:
        output = Path(folder) / "made.xlsx"
        given = job.model_copy(update={"output": output, "parts": (Path(folder) / "p").as_uri()})
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "benchmarks.excel_once", what, str(rows)],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate(given.model_dump_json().encode())
        if process.returncode:
            raise RuntimeError(f"{what}: no workbook")
    made = json.loads(said.splitlines()[-1])
    assert made["rows"] == rows, made
    return rows / made["seconds"], made["mebibytes"]


def _job(stack: Stack, *, priority: bool | None = None) -> Job:
    """All reports, or the tenth that has priority."""
    return Job(
        database_url=stack.settings("lapor_reporting").database_url,
        selection=Selection(tab=DownloadTab.INCOMING, priority=priority),
        format=Format.XLSX,
        agency_id=1,
        agency_name="Admin Pusat",
        zone=Zone.WIB,
        reader_agency_id=1,
        reader_name="Petugas",
        reader_role="central_admin",
        at=datetime.now(UTC),
        panel_url="http://127.0.0.1:8000",
        output=Path(),
        parts="",
    )
