"""The activities of a large download."""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.reporting.downloads import names
from services.reporting.downloads.endpoints import job
from services.reporting.downloads.names import DownloadRun
from services.reporting.downloads.permission import agency_of
from services.reporting.downloads.process import MakingFailed, make_file
from services.reporting.downloads.storage import KeptFiles
from services.reporting.files.job import Format, Job
from services.reporting.files.selection import Selection
from shared.database.columns import now
from shared.database.engine import Database
from shared.http.problems import Problem
from shared.http.tokens import Staff
from shared.settings import Settings


class Cancelled(Exception):
    """Its owner does not want it any more."""


class DownloadMaking:
    """What the worker does for downloads; the row in the database decides, whatever is asked."""

    def __init__(self, database: Database, kept: KeptFiles, settings: Settings) -> None:
        self._database, self._kept, self._settings = database, kept, settings

    @activity.defn(name=names.MAKE)
    async def make(self, asked: DownloadRun) -> bool:
        """Make the file and keep it; False where it was cancelled. Repeated, or asked for again,
        it goes on after the parts that are written."""
        row = await self._change(_BEGIN, asked)
        if row is None:
            return False
        with tempfile.TemporaryDirectory(prefix="lapor-download-") as folder:
            made = await self._job(row, Path(folder))

            async def progress(rows: int) -> None:
                if await self._change(_PROGRESS, asked, rows=rows) is None:
                    raise Cancelled

            try:
                async with _heartbeats():
                    rows = await make_file(made, progress)
                    await self._kept.put(asked.download_id, made.output)
            except Cancelled:
                return False
            except MakingFailed as failed:
                _log.warning("a download failed", extra={"fields": {"error": str(failed)}})
                raise ApplicationError(str(failed), type="making_failed") from None
            size = made.output.stat().st_size
        at = now()
        done = await self._change(
            _DONE, asked, rows=rows, size=size, at=at, expires=at + names.KEPT
        )
        if done is None:
            await self._kept.delete(asked.download_id)
        else:
            await self._kept.delete_parts(asked.download_id)
        return done is not None

    @activity.defn(name=names.GIVE_UP)
    async def give_up(self, asked: DownloadRun) -> None:
        """State that it failed; its owner may resume it."""
        await self._change(_FAILED, asked, at=now())

    @activity.defn(name=names.EXPIRE)
    async def expire(self, asked: DownloadRun) -> None:
        """Delete the file."""
        await self._change(_EXPIRED, asked)
        await self._kept.delete(asked.download_id)

    async def _job(self, row: dict[str, Any], folder: Path) -> Job:
        """The job, if its owner may still have it: as the directory has them now."""
        selection = Selection.model_validate(row["selection"])
        async with self._database.session() as session:
            found = (await session.execute(_STAFF, {"id": row["staff_id"]})).mappings().first()
            if found is None or found["agency_id"] != row["agency_id"]:
                raise ApplicationError("not allowed any more", non_retryable=True)
            staff = Staff.model_validate(dict(found))
            try:
                agency = await agency_of(session, staff, selection)
            except Problem as problem:
                raise ApplicationError(problem.code, non_retryable=True) from None
        parts = self._kept.parts_of(row["id"])
        return job(self._settings, selection, Format(row["format"]), agency, staff, folder, parts)

    async def _change(
        self, statement: Any, asked: DownloadRun, **parameters: Any
    ) -> dict[str, Any] | None:
        """The changed row; None where this attempt is over."""
        async with self._database.autocommit() as connection:
            result = await connection.execute(
                statement, {"id": asked.download_id, "attempt": asked.attempt, **parameters}
            )
            row = result.mappings().first()
        return dict(row) if row else None


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Say that one is alive, also while the database sorts and the storage writes."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(5)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating


_log = logging.getLogger("lapor.reporting")
_OF = "WHERE id = :id AND attempt = :attempt"
_BEGIN = text(
    f"UPDATE reporting.download SET state = 'running' {_OF}"  # noqa: S608
    " AND state IN ('waiting', 'running') RETURNING id, staff_id, agency_id, format, selection"
)
_PROGRESS = text(
    f"UPDATE reporting.download SET rows_done = :rows {_OF} AND state = 'running' RETURNING id"  # noqa: S608
)
_DONE = text(
    "UPDATE reporting.download SET state = 'done', rows_done = :rows, size = :size,"  # noqa: S608
    f" finished_at = :at, expires_at = :expires {_OF} AND state = 'running' RETURNING id"
)
_FAILED = text(
    f"UPDATE reporting.download SET state = 'failed', finished_at = :at {_OF}"  # noqa: S608
    " AND state IN ('waiting', 'running') RETURNING id"
)
_EXPIRED = text(
    f"UPDATE reporting.download SET state = 'expired' {_OF} AND state = 'done' RETURNING id"  # noqa: S608
)
_STAFF = text(
    "SELECT id, role, agency_id, agency_path, name, token_version"
    " FROM routing.staff_directory WHERE id = :id AND active"
)
