"""Memory stays flat however many rows a download has."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.postgres import OWNER
from services.reporting.files.job import Format, Job
from services.reporting.files.selection import DownloadTab, Selection
from shared.lifecycle.calendar import Zone
from shared.lifecycle.channels import Channel
from tests.conftest import UrlOf
from tests.reporting.factory import ROOT, found_country, write_reports

REPORTS = 6_000
_MEASURE = """
import pathlib, sys
from services.reporting.files.build import build
from services.reporting.files.job import Job
build(Job.model_validate_json(sys.stdin.read()))
# Not ru_maxrss, which a new process inherits from the one that started it.
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize(
    "format", [Format.XLSX, pytest.param(Format.JSONL, marks=pytest.mark.nightly)]
)
def test_four_times_the_rows_need_no_more_memory(
    fresh_database: UrlOf, tmp_path: Path, format: Format
) -> None:
    owner = fresh_database(OWNER).replace("+psycopg", "")
    found_country(owner)
    write_reports(owner, REPORTS)
    reading = fresh_database("lapor_reporting")
    # Places of all kinds: their names are read at the first village.
    some = Selection(tab=DownloadTab.INCOMING, channel=(Channel.SMS,))
    few = _peak(_job(reading, tmp_path, format, some))
    many = _peak(_job(reading, tmp_path, format, Selection(tab=DownloadTab.INCOMING)))
    assert many[0] > 3.5 * few[0]  # bytes written
    assert many[1] < 1.2 * few[1]


def _job(url: str, folder: Path, format: Format, selection: Selection) -> Job:
    return Job(
        database_url=url,
        selection=selection,
        format=format,
        agency_id=ROOT,
        agency_name="Admin Pusat",
        zone=Zone.WIB,
        reader_agency_id=ROOT,
        reader_name="Petugas",
        reader_role="central_admin",
        at=datetime.now(UTC),
        panel_url="http://lapor.test",
        output=folder / f"download.{format}",
        parts=(folder / f"parts-{uuid4()}").as_uri(),
    )


def _peak(job: Job) -> tuple[int, int]:
    """The size of the file (bytes) and the most memory the process needed (KiB)."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE],
        input=job.model_dump_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    return job.output.stat().st_size, int(done.stdout.split()[-1])
