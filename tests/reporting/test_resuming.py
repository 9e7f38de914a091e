"""A large download goes on where it stood, whatever ended the process that wrote it."""

import asyncio
import csv
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest
from openpyxl import load_workbook

from deploy.local.postgres import OWNER
from services.reporting.downloads.storage import KeptFiles
from services.reporting.files.build import build
from services.reporting.files.job import Format, Job
from services.reporting.files.parts import ROWS
from services.reporting.files.selection import DownloadTab, Selection
from services.reporting.worker import PARTS_KEPT, clean_up
from shared.database.engine import Database
from shared.lifecycle.calendar import Zone
from shared.settings import Settings
from tests.conftest import UrlOf
from tests.reporting.conftest import Bearer
from tests.reporting.factory import FIRST, PUSAT_ADMIN, ROOT, found_country, write_reports
from tests.reporting.test_large_downloads import ask, until, working

REPORTS = 4 * ROWS + 7
HEADER = 8


@pytest.fixture
def owner(fresh_database: UrlOf) -> str:
    url = fresh_database(OWNER).replace("+psycopg", "")
    found_country(url)
    write_reports(url, REPORTS)
    return url


def job(url: str, folder: Path, format: Format) -> Job:
    return Job(
        database_url=url,
        selection=Selection(tab=DownloadTab.INCOMING),
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
        parts=(folder / "parts").as_uri(),
    )


def kept(made: Job) -> list[Path]:
    return kept_in(Path(urlsplit(made.parts).path))


def kept_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def killed_in_the_middle(made: Job) -> list[Path]:
    """Parts that a process left that was killed after at least two of them."""
    for _ in range(10):  # on a busy machine it may end before we see it begin
        left = _killed(made)
        if 2 <= len(left) < 5 and not made.output.exists():
            return left
        for path in [*kept(made), made.output]:
            path.unlink(missing_ok=True)
    raise AssertionError("it was always faster")


def _killed(made: Job) -> list[Path]:
    process = subprocess.Popen(
        [sys.executable, "-m", "services.reporting.files.build"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert process.stdin
    process.stdin.write(made.model_dump_json().encode())
    process.stdin.close()
    deadline = time.monotonic() + 60
    while len(kept(made)) < 2 and time.monotonic() < deadline:
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return [path for path in kept(made) if path.name.isdigit()]


def test_a_killed_one_goes_on_and_reads_nothing_twice(
    fresh_database: UrlOf, owner: str, tmp_path: Path
) -> None:
    made = job(fresh_database("lapor_reporting"), tmp_path, Format.CSV)
    left = [(path, path.read_bytes()) for path in killed_in_the_middle(made)]
    with psycopg.connect(owner) as connection:  # what is read from now on differs
        connection.execute("UPDATE lifecycle.report_text SET title = 'Sesudah berhenti'")
    assert build(made) == REPORTS
    assert all(path.read_bytes() == content for path, content in left)
    with made.output.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["Tracking ID"]) for row in rows] == [FIRST + i for i in range(REPORTS)]
    after = [row["Judul Laporan"] == "Sesudah berhenti" for row in rows]
    assert after == [i >= len(left) * ROWS for i in range(REPORTS)]


def test_a_workbook_in_two_goes_is_whole_and_says_so(
    fresh_database: UrlOf, owner: str, tmp_path: Path
) -> None:
    made = job(fresh_database("lapor_reporting"), tmp_path, Format.XLSX)
    killed_in_the_middle(made)
    later = made.model_copy(update={"at": made.at + timedelta(hours=2)})
    assert build(later) == REPORTS
    book = load_workbook(made.output)
    sheet: Any = book["Laporan"]
    numbers = [row[0] for row in sheet.iter_rows(min_row=HEADER + 1, values_only=True)]
    assert numbers == [FIRST + i for i in range(REPORTS)]
    assert sheet["A6"].value == "Data per"
    assert " sampai " in sheet["B6"].value
    assert book["Ringkasan"]["B2"].value == REPORTS
    figures = {row[0].value: row[1].value for row in book["Ringkasan"].iter_rows() if row[0].value}
    statuses = [row[14] for row in sheet.iter_rows(min_row=HEADER + 1, values_only=True)]
    assert figures["Terverifikasi"] == statuses.count("Terverifikasi") > 0


def test_parts_of_other_columns_are_not_gone_on_with(
    fresh_database: UrlOf, owner: str, tmp_path: Path
) -> None:
    made = job(fresh_database("lapor_reporting"), tmp_path, Format.CSV)
    killed_in_the_middle(made)
    other = made.model_copy(update={"zone": Zone.WIT})
    assert build(other) == REPORTS
    with made.output.open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.reader(file)) == REPORTS + 1


async def test_a_resumed_one_begins_with_the_parts_of_before(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    owner_url: str,
    tmp_path: Path,
) -> None:
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header)
    path = f"/downloads/{asked['id']}"
    parts = KeptFiles(settings.storage_url).parts_of(UUID(asked["id"]))
    begun = job(settings.database_url, tmp_path, Format.CSV).model_copy(update={"parts": parts})
    await asyncio.to_thread(build, begun)
    for path_of_part in kept(begun)[2:]:
        path_of_part.unlink()
    assert (await reporting.post(f"{path}/cancel", headers=header)).json()["state"] == "cancelled"
    title = "UPDATE lifecycle.report_text SET title = %s WHERE number = ANY (%s) RETURNING title"
    changed = [FIRST + 5, FIRST + 3 * ROWS + 5]
    with psycopg.connect(owner_url, autocommit=True) as connection:
        was = connection.execute(
            "SELECT title FROM lifecycle.report_text WHERE number = %s", [changed[0]]
        ).fetchone()
        connection.execute(title, ["Sesudah berhenti", changed])
        try:
            resumed = await reporting.post(f"{path}/resume", headers=header)
            assert resumed.json()["state"] == "waiting"
            async with working(settings):
                done = await until(reporting, header, asked["id"], "done")
                # The parts go once it is done; a worker that stops before leaves them for a day.
                async with asyncio.timeout(60):
                    while kept(begun):
                        await asyncio.sleep(0.05)
        finally:
            for number in changed:
                connection.execute(title, [f"Jalan rusak nomor {number - FIRST + 1}", [number]])
    assert was is not None
    assert done["rows_done"] == 4000
    file = await reporting.get(done["file"], headers=header)
    rows = {
        int(row["Tracking ID"]): row["Judul Laporan"]
        for row in csv.DictReader(file.content.decode("utf-8-sig").splitlines())
        if row["Tracking ID"].isdigit()
    }
    assert rows[changed[0]] == was[0] != rows[changed[1]] == "Sesudah berhenti"
    assert not kept(begun)


async def test_what_nobody_goes_on_with_is_deleted_after_a_day(
    reporting: httpx.AsyncClient, bearer: Bearer, settings: Settings, owner_url: str
) -> None:
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header)
    path = f"/downloads/{asked['id']}"
    files = KeptFiles(settings.storage_url)
    part = Path(urlsplit(files.parts_of(UUID(asked["id"]))).path) / "000000"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"{}\n")
    await reporting.post(f"{path}/cancel", headers=header)
    database = Database(settings.database_url)
    await clean_up(database, files)
    assert part.exists()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE reporting.download SET finished_at = finished_at - %s WHERE id = %s",
            [PARTS_KEPT, asked["id"]],
        )
    await clean_up(database, files)
    assert not part.exists()
    view = (await reporting.get(path, headers=header)).json()
    assert (view["state"], view["file"]) == ("expired", None)
    assert (await reporting.post(f"{path}/resume", headers=header)).status_code == 409
    await database.dispose()


async def test_a_file_whose_workflow_was_lost_is_deleted_all_the_same(
    reporting: httpx.AsyncClient, bearer: Bearer, settings: Settings, owner_url: str
) -> None:
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header)
    async with working(settings):
        await until(reporting, header, asked["id"], "done")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE reporting.download SET expires_at = now() - interval '1 hour',"
            " created_at = now() - interval '100 days' WHERE id = %s",
            [asked["id"]],
        )
    database, files = Database(settings.database_url), KeptFiles(settings.storage_url)
    await clean_up(database, files)
    with pytest.raises(FileNotFoundError):
        await files.open(UUID(asked["id"]))
    listed = (await reporting.get("/downloads", headers=header)).json()
    assert asked["id"] not in {download["id"] for download in listed}
    await database.dispose()
