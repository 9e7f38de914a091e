"""The activities of a large download."""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlmodel import col
from temporalio import activity
from temporalio.exceptions import ApplicationError

from services.reporting.downloads import names
from services.reporting.downloads.job_of import job_of
from services.reporting.downloads.names import DownloadRun
from services.reporting.downloads.permission import agency_of
from services.reporting.downloads.process import MakingFailed, make_file
from services.reporting.downloads.storage import KeptFiles
from services.reporting.files.job import Format, Job
from services.reporting.files.selection import Selection
from services.reporting.models import Download
from shared.database.columns import now
from shared.database.engine import Database
from shared.database.views import StaffEntry
from shared.http.problems import Problem
from shared.http.tokens import Staff
from shared.settings import Settings


class Cancelled(Exception):
    """The owner has cancelled the download."""


class DownloadActivities:
    """The activities of the download workflow. The row in the database decides what is done: an
    activity changes nothing if the row's state does not allow it."""

    def __init__(self, database: Database, kept: KeptFiles, settings: Settings) -> None:
        self._database, self._kept, self._settings = database, kept, settings

    @activity.defn(name=names.MAKE)
    async def make(self, run: DownloadRun) -> bool:
        """Make the file and store it. Returns False if the download was cancelled. When the
        activity is repeated or the download is resumed, it continues after the parts that are
        already written."""
        row = await self._change(run, _UNDER_WAY, state="running")
        if row is None:
            return False
        with tempfile.TemporaryDirectory(prefix="lapor-download-") as folder:
            job = await self._job(row, Path(folder))

            async def progress(rows: int) -> None:
                if await self._change(run, ("running",), rows_done=rows) is None:
                    raise Cancelled

            try:
                async with _heartbeats():
                    rows = await make_file(job, progress)
                    await self._kept.put(run.download_id, job.output)
            except Cancelled:
                return False
            except MakingFailed as failed:
                _log.warning("a download failed", extra={"fields": {"error": str(failed)}})
                raise ApplicationError(str(failed), type="making_failed") from None
            size = job.output.stat().st_size
        at = now()
        done = await self._change(
            run,
            ("running",),
            state="done",
            rows_done=rows,
            size=size,
            finished_at=at,
            expires_at=at + names.KEPT,
        )
        if done is None:
            await self._kept.delete(run.download_id)
        else:
            await self._kept.delete_parts(run.download_id)
        return done is not None

    @activity.defn(name=names.GIVE_UP)
    async def give_up(self, run: DownloadRun) -> None:
        """Mark the download as failed; its owner may resume it."""
        await self._change(run, _UNDER_WAY, state="failed", finished_at=now())

    @activity.defn(name=names.EXPIRE)
    async def expire(self, run: DownloadRun) -> None:
        """Delete the file."""
        await self._change(run, ("done",), state="expired")
        await self._kept.delete(run.download_id)

    async def _job(self, row: Download, folder: Path) -> Job:
        """Return the job of the download. Raises ApplicationError unless the owner, as the
        directory lists them now, may still have the file."""
        selection = Selection.model_validate(row.selection)
        async with self._database.session() as session:
            owner = await session.get(StaffEntry, row.staff_id)
            if owner is None or not owner.active or owner.agency_id != row.agency_id:
                raise ApplicationError("not allowed any more", non_retryable=True)
            staff = Staff.model_validate(owner.model_dump())
            try:
                agency = await agency_of(session, staff, selection)
            except Problem as problem:
                raise ApplicationError(problem.code, non_retryable=True) from None
        parts = self._kept.parts_of(row.id)
        return job_of(self._settings, selection, Format(row.format), agency, staff, folder, parts)

    async def _change(
        self, run: DownloadRun, states: tuple[str, ...], **changes: Any
    ) -> Download | None:
        """Change the row and return it. Returns None if the row is in none of `states`, or if a
        later attempt has replaced this one."""
        this_attempt = update(Download).where(
            col(Download.id) == run.download_id,
            col(Download.attempt) == run.attempt,
            col(Download.state).in_(states),
        )
        async with self._database.session() as session:
            return await session.scalar(this_attempt.values(changes).returning(Download))


@asynccontextmanager
async def _heartbeats() -> AsyncIterator[None]:
    """Send heartbeats to Temporal, also while the database sorts and the storage writes."""

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
_UNDER_WAY = ("waiting", "running")
