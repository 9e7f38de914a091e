"""`lapor backup keep`: receives Postgres's log as it is written, copies streams and files every
five minutes, and takes a whole backup each day. What no longer serves a moment to be kept is
deleted."""

import asyncio
import logging
import shutil
from datetime import UTC, datetime, timedelta
from typing import Final

from prometheus_client import Counter, Gauge

from deploy.backup.attachments import copy_attachments, forget_gone
from deploy.backup.folder import BackupFolder, instant_of
from deploy.backup.postgres import Address, make_slot, receiving, segments
from deploy.backup.sealing import secrets_at_hand
from deploy.backup.take import copy_all_streams, take
from deploy.errors import StackError
from deploy.local.child import Child
from shared.http.operations import NotReady
from shared.process import CHECKS, run_process
from shared.settings import Settings
from shared.telemetry import registry

log = logging.getLogger(__name__)

ROUND: Final = 300.0
"""Seconds between copies of streams and files: so much of them can be lost."""
LAST_COPIES: Final = 3
"""The copies of streams that are kept. Earlier moments need none, because messages are sent again
from their rows."""
_PAUSE: Final = 5.0


def run() -> None:
    """Run until SIGTERM."""
    run_process("backup", keep, "postgres", "nats")


async def keep(settings: Settings, stopping: asyncio.Event) -> None:
    """Keep backups until stopped. What fails is tried again; the metrics show for how long."""
    folder = BackupFolder.at(settings.backup_dir)
    keeper = Keeper(folder, settings)
    CHECKS["backups"] = keeper.all_well
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in (keeper.receive(), keeper.rounds())]
        await stopping.wait()
        for task in tasks:
            task.cancel()


class Keeper:
    """Keeps the folder up to date."""

    def __init__(self, folder: BackupFolder, settings: Settings) -> None:
        self._folder, self._settings = folder, settings
        self._receiver = Child(
            "pg_receivewal",
            settings.data_dir,
            receiving(Address.of(settings.database_url), folder.wal),
            environment=Address.of(settings.database_url).environment,
        )
        self._show()

    async def all_well(self) -> None:
        """Raise `NotReady` while the log is not received, or if the last backup is too old."""
        if not self._receiver.alive:
            raise NotReady("the log is not received")
        age = self._age()
        if age is None or age > 2 * self._every:
            raise NotReady("the last whole backup is too old")

    async def receive(self) -> None:
        """Receive the log, from the moment at which the server first kept it for us."""
        address = Address.of(self._settings.database_url)
        try:
            while True:
                try:
                    await asyncio.to_thread(make_slot, address)
                    self._receiver.start()
                    while self._receiver.alive:
                        await asyncio.sleep(1)
                    _failures.labels("log").inc()
                    log.warning("pg_receivewal ended: %s", self._receiver.how_it_ended())
                except StackError as error:
                    _failed("log", error)
                await asyncio.sleep(_PAUSE)
        finally:
            await self._receiver.stop()

    async def rounds(self) -> None:
        """Copy streams and files in rounds, and take a whole backup when it is due."""
        while True:
            try:
                with self._folder.locked():
                    await self.once()
            except Exception as error:  # noqa: BLE001  the next round may go well
                _failed("round", error)
            await asyncio.sleep(ROUND)

    async def once(self) -> None:
        """Do one round."""
        age = self._age()
        if age is None or age >= self._every:
            secrets = secrets_at_hand(self._settings)
            await take(self._folder, self._settings, secrets, log.info)
        else:
            await copy_all_streams(self._folder, self._settings)
            await asyncio.to_thread(
                copy_attachments, self._settings.storage_url, self._folder.attachments
            )
        await asyncio.to_thread(
            forget,
            self._folder,
            datetime.now(UTC) - timedelta(days=self._settings.backup_keep_days),
        )
        self._show()

    @property
    def _every(self) -> timedelta:
        return timedelta(hours=self._settings.backup_every_hours)

    def _age(self) -> timedelta | None:
        backups = self._folder.backups()
        return datetime.now(UTC) - backups[-1].ended if backups else None

    def _show(self) -> None:
        for backup in self._folder.backups()[-1:]:
            _taken.set(backup.ended.timestamp())
        for copy in self._folder.copies()[-1:]:
            _copied.set(copy.began.timestamp())


def forget(folder: BackupFolder, before: datetime) -> None:
    """Delete what is not needed to restore any moment since `before`. The last backup from before
    it is needed."""
    backups = folder.backups()
    needed = [b for b in backups if b.ended >= before]
    needed = [b for b in backups if b.ended < before][-1:] + needed
    for backup in backups:
        if backup not in needed:
            shutil.rmtree(folder.base / backup.id)
    for sealed in folder.sealed_secrets()[:-1]:  # the last may be the only one
        if instant_of(sealed.stem) < before:
            sealed.unlink()
    if needed:
        for segment in segments(folder.wal):
            if segment.name[8:24] < needed[0].first_segment[8:]:
                segment.unlink()
    for copy in folder.copies()[:-LAST_COPIES]:
        shutil.rmtree(folder.streams / copy.id)
    forget_gone(folder.attachments, before)


def _failed(part: str, error: Exception) -> None:
    _failures.labels(part).inc()
    log.warning("backup, %s: %s", part, error if isinstance(error, StackError) else type(error))


_taken = Gauge(
    "lapor_backup_timestamp_seconds", "When the last complete backup ended", registry=registry
)
_copied = Gauge(
    "lapor_backup_streams_timestamp_seconds", "When streams were last copied", registry=registry
)
_failures = Counter(
    "lapor_backup_failures", "Parts that could not be backed up", ["part"], registry=registry
)
for _part in ("log", "round"):
    _failures.labels(_part)  # starts at 0, so that the first failure shows as a rise
