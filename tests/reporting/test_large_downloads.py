"""Large downloads: watched, cancelled, resumed, fetched by their owner; nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from openpyxl import load_workbook
from psycopg import sql

from services.reporting.downloads import endpoints, names
from services.reporting.downloads.activities import DownloadActivities
from services.reporting.downloads.names import DownloadRun
from services.reporting.downloads.storage import KeptFiles
from services.reporting.worker import make_worker, start_waiting
from shared.database.engine import Database
from shared.settings import Settings
from shared.temporal.client import connect_patiently
from tests.reporting.conftest import Bearer, running
from tests.reporting.factory import CITY_ADMIN, HEALTH_ADMIN, PUSAT_ADMIN


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Database]:
    """The worker that makes large downloads."""
    database = Database(settings.database_url)
    client = await connect_patiently(settings, "test")
    async with make_worker(client, database, settings):
        await start_waiting(client, database)
        yield database
    await database.dispose()


async def ask(
    reporting: httpx.AsyncClient,
    header: dict[str, str],
    format: str = "csv",
    tab: str = "incoming",
) -> dict[str, Any]:
    answer = await reporting.post(
        "/downloads", json={"format": format, "selection": {"tab": tab}}, headers=header
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/downloads/{answer.json()['id']}"
    return dict(answer.json())


async def until(
    reporting: httpx.AsyncClient, header: dict[str, str], id: str, *states: str
) -> dict[str, Any]:
    async with asyncio.timeout(120):
        while True:
            view = (await reporting.get(f"/downloads/{id}", headers=header)).json()
            if view["state"] in states:
                return dict(view)
            await asyncio.sleep(0.2)


async def test_a_large_download_is_made_in_the_background_for_its_owner_alone(
    reporting: httpx.AsyncClient, bearer: Bearer, settings: Settings
) -> None:
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header, "xlsx")
    assert (asked["state"], asked["rows_total"], asked["file"]) == ("waiting", 4000, None)
    async with working(settings):
        done = await until(reporting, header, asked["id"], "done")
    assert (done["rows_done"], done["share"]) == (4000, 1.0)
    mine = (await reporting.get("/downloads", headers=header)).json()
    assert mine[0]["id"] == asked["id"]
    file = await reporting.get(done["file"], headers=header)
    assert len(file.content) == done["size"]
    sheet = load_workbook(BytesIO(file.content), read_only=True)["Laporan"]
    assert sum(1 for _ in sheet.iter_rows(min_row=9)) == 4000
    for path in (f"/downloads/{asked['id']}", done["file"]):
        assert (await reporting.get(path, headers=bearer(CITY_ADMIN))).status_code == 404


async def test_one_that_was_asked_for_while_nobody_worked_is_made_later(
    settings: Settings, bearer: Bearer, reporting: httpx.AsyncClient, owner_url: str
) -> None:
    header = bearer(PUSAT_ADMIN)
    away = settings.model_copy(update={"temporal_address": "127.0.0.1:1"})
    async with running(away) as lonely:
        asked = await ask(lonely, header)
    with psycopg.connect(owner_url) as connection:  # as if some seconds had gone by
        connection.execute("UPDATE reporting.download SET created_at = created_at - interval '1 m'")
    async with working(settings):
        await until(reporting, header, asked["id"], "done")


async def test_a_cancelled_one_stops_and_can_be_resumed(
    reporting: httpx.AsyncClient, bearer: Bearer, settings: Settings
) -> None:
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header)
    path = f"/downloads/{asked['id']}"
    cancelled = await reporting.post(f"{path}/cancel", headers=header)
    assert cancelled.json()["state_label"] == "Dibatalkan"
    assert (await reporting.get(f"{path}/file", headers=header)).status_code == 409
    async with working(settings):
        await asyncio.sleep(1)
        assert (await reporting.get(path, headers=header)).json()["state"] == "cancelled"
        resumed = await reporting.post(f"{path}/resume", headers=header)
        assert resumed.json()["state"] == "waiting"
        done = await until(reporting, header, asked["id"], "done")
    assert (await reporting.post(f"{path}/cancel", headers=header)).status_code == 409
    assert (await reporting.get(done["file"], headers=header)).status_code == 200


async def test_cancelling_ends_the_process_that_makes_it(
    settings: Settings, reporting: httpx.AsyncClient, bearer: Bearer, owner_url: str
) -> None:
    """The row is cancelled while the file is made: the next progress sees it."""
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header, "xlsx")
    database = Database(settings.database_url)
    making = DownloadActivities(database, KeptFiles(settings.storage_url), settings)
    run = DownloadRun(download_id=UUID(asked["id"]), attempt=1)
    from temporalio.testing import ActivityEnvironment

    making_it = asyncio.create_task(ActivityEnvironment().run(making.make, run))
    await until(reporting, header, asked["id"], "running")
    await reporting.post(f"/downloads/{asked['id']}/cancel", headers=header)
    assert await making_it is False
    with pytest.raises(FileNotFoundError):
        await KeptFiles(settings.storage_url).open(run.download_id)
    await database.dispose()


async def test_it_survives_a_worker_that_stops_in_the_middle(
    reporting: httpx.AsyncClient, bearer: Bearer, settings: Settings
) -> None:
    header = bearer(PUSAT_ADMIN)
    asked = await ask(reporting, header, "xlsx")
    async with working(settings):
        await until(reporting, header, asked["id"], "running")
    assert (await until(reporting, header, asked["id"], "running", "waiting"))["file"] is None
    async with working(settings):
        assert (await until(reporting, header, asked["id"], "done"))["rows_done"] == 4000


async def test_it_is_deleted_after_some_days(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from datetime import timedelta

    header = bearer(PUSAT_ADMIN)
    monkeypatch.setattr(names, "KEPT", timedelta(seconds=1))
    asked = await ask(reporting, header)
    async with working(settings):
        expired = await until(reporting, header, asked["id"], "expired")
    assert expired["file"] is None
    with pytest.raises(FileNotFoundError):
        await KeptFiles(settings.storage_url).open(UUID(asked["id"]))


@contextmanager
def health_admin_changed(
    owner_url: str, field: str, meanwhile: Any, before: Any
) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection, while that admin is somebody else."""
    change = sql.SQL("UPDATE routing.staff SET {} = %s WHERE id = %s").format(sql.Identifier(field))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(change, [meanwhile, HEALTH_ADMIN])
        try:
            yield connection
        finally:
            connection.execute(change, [before, HEALTH_ADMIN])


async def test_who_was_moved_meanwhile_gets_nothing(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    owner_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoints, "SMALL", 10)
    header = bearer(HEALTH_ADMIN)
    asked = await ask(reporting, header)
    with health_admin_changed(owner_url, "agency_id", 3, 4) as connection:
        path = f"/downloads/{asked['id']}"
        assert (await reporting.get(path, headers=header)).status_code == 404
        async with working(settings), asyncio.timeout(120):
            while connection.execute(
                "SELECT state FROM reporting.download WHERE id = %s", [asked["id"]]
            ).fetchone() != ("failed",):
                await asyncio.sleep(0.1)


async def test_a_file_is_for_its_owner_while_they_may_ask_for_it(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    owner_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoints, "SMALL", 0)
    header = bearer(HEALTH_ADMIN)
    asked = await ask(reporting, header, tab="users")
    async with working(settings):
        done = await until(reporting, header, asked["id"], "done")
    with health_admin_changed(owner_url, "role", "liaison_officer", "agency_admin"):
        refused = await reporting.get(done["file"], headers=header)
        assert (refused.status_code, refused.json()["code"]) == (403, "users_for_admins")
    assert "Admin Dinkes" in (await reporting.get(done["file"], headers=header)).text
