"""Restores a backup into an empty folder, from which `lapor up` runs: Postgres as it was at a
moment, the last copy of the streams, attachments and secrets."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from deploy.backup.attachments import differs, kept_files
from deploy.backup.folder import Backup, BackupFolder, Copy
from deploy.backup.restore_postgres import recovered
from deploy.backup.sealing import unseal
from deploy.backup.streams import restore_streams
from deploy.credentials import load_or_create
from deploy.errors import StackError
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.restoring import Restored, after_restore, continue_numbers_above
from shared.bus.connection import Bus, connect
from shared.database.engine import Database
from shared.settings import Addresses

Say = Callable[[str], None]


@dataclass(frozen=True)
class RestoredFolder:
    """The result: the backup used, the last restored transaction, the number of attachments and, if
    the streams were restored, what is known of the lost time."""

    backup: Backup
    until: datetime | None
    attachments: int
    afterwards: Restored | None


async def restore(
    source: BackupFolder, target: Path, moment: datetime | None, key_file: Path | None, say: Say
) -> RestoredFolder:
    """Restore a backup into `target`, as of `moment`. Without a key file, the secrets and the
    streams, which need them, are left out. Raises StackError if the folder is not empty, if the
    moment is before the first backup or after the end of the log, or if the key does not open the
    secrets."""
    backup = _before(source, moment)
    _make_empty(target)
    say("Attachments …")
    files = await asyncio.to_thread(_copy_attachments, source, target / "attachments")
    if key_file is not None:
        _write_secrets(target / "secrets.env", _secrets(source, key_file))
    password = load_or_create(target).postgres if key_file is not None else None
    afterwards = None
    say(f"Postgres, from {backup.id} …")
    async with recovered(source, backup, target, moment, password) as postgres:
        database = Database(postgres.database_url, pool_size=1)
        try:
            highest = max(copy.highest_number for copy in source.copies())
            await continue_numbers_above(database, highest)
            await _remake_again(database, target / "attachments")
            if key_file is not None:
                say("Streams …")
                async with _streams(source.copies()[-1], source, target) as bus:
                    afterwards = await after_restore(database, None, bus, Addresses().intake_url)
        finally:
            await database.dispose()
    return RestoredFolder(backup, postgres.until, files, afterwards)


@asynccontextmanager
async def _streams(copy: Copy, source: BackupFolder, target: Path) -> AsyncIterator[Bus]:
    """Run NATS with the last copy of the streams, even if that is later than the moment: messages
    received but not read by then are nowhere else, and it shows what is lost."""
    authority = load_or_create(target).nats
    nats = Nats(target, authority=authority, port=free_port(), monitor_port=free_port())
    await nats.prepare()
    nats.start()
    try:
        await nats.wait_ready()
        bus = await connect(nats.url, "restore", patience=15)
        try:
            await restore_streams(bus, source.streams / copy.id, copy.streams)
            yield bus
        finally:
            await bus.close()
    finally:
        await nats.stop()


async def _remake_again(database: Database, attachments: Path) -> None:
    """Mark files to be remade again that were remade after their last copy. The copied file is
    still as it was sent, perhaps with its sender's name in it; it is not served until it is remade
    from its sealed original."""
    async with database.session() as session:
        for schema in ("intake", "followup"):
            rows = await session.execute(text(_REMADE.format(schema=schema)))
            ids = [row.id for row in rows if differs(attachments, row.key, row.sha256)]
            await session.execute(text(_WAITS.format(schema=schema)), {"ids": ids})


def _copy_attachments(source: BackupFolder, target: Path) -> int:
    paths = list(kept_files(source.attachments))
    for path in paths:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source.attachments / path, target / path)
    return len(paths)


def _make_empty(target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise StackError(f"{target} is not empty: a backup is restored beside what is there.")
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)


def _before(source: BackupFolder, moment: datetime | None) -> Backup:
    backups = source.backups()
    if not backups:
        raise StackError(f"There is no whole backup in {source.path}.")
    earlier = [backup for backup in backups if moment is None or backup.ended <= moment]
    if not earlier:
        raise StackError(
            f"The first backup ended at {backups[0].ended:%Y-%m-%d %H:%M:%S} UTC: nothing before."
        )
    return earlier[-1]


def _secrets(source: BackupFolder, key_file: Path) -> bytes:
    sealed = source.sealed_secrets()
    if not sealed:
        raise StackError(f"There are no secrets in {source.path}.")
    # The newest secrets open all that older ones do: keys are added in front and dropped later.
    return unseal(sealed[-1], key_file)


def _write_secrets(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)


_REMADE = "SELECT id, key, sha256 FROM {schema}.attachment WHERE state = 'remade'"
_WAITS = """
UPDATE {schema}.attachment SET state = 'pending', attempts = 0 WHERE id = ANY (CAST(:ids AS uuid[]))
"""
