"""Takes a backup: Postgres first, then the files that its rows name, so that none is missing."""

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup.attachments import copy_attachments
from deploy.backup.folder import POSTGRES, Backup, BackupFolder, Copy, new_id, unfinished
from deploy.backup.postgres import Address, take_base
from deploy.backup.sealing import seal
from deploy.backup.streams import copy_streams
from shared.bus.connection import connect
from shared.settings import Settings

Say = Callable[[str], None]


async def take(folder: BackupFolder, settings: Settings, secrets: bytes, say: Say) -> Backup:
    """Take a backup of everything. Unfinished ones are deleted first. The secrets are included if
    there are any and a recipient is set. Raises StackError."""
    clear_unfinished(folder)
    id = new_id()
    new = unfinished(folder.base / id)
    new.mkdir()
    address = Address.of(settings.database_url)
    version = await asyncio.to_thread(_server_version, address)
    say("Postgres …")
    first_segment = await asyncio.to_thread(take_base, address, new / POSTGRES)
    ended = datetime.now(UTC)
    say("Streams …")
    await copy_all_streams(folder, settings)
    say("Attachments …")
    copied = await asyncio.to_thread(copy_attachments, settings.storage_url, folder.attachments)
    sealed = bool(secrets and settings.backup_recipient)
    if sealed:
        (folder.secrets / f"{id}.age").write_bytes(seal(secrets, settings.backup_recipient))
    backup = Backup(
        id=id,
        ended=ended,
        server_version=version,
        first_segment=first_segment,
        bytes=_size(new / POSTGRES),
        attachments=copied.files,
        attachment_bytes=copied.bytes,
        secrets=sealed,
    )
    (new / "backup.json").write_text(backup.model_dump_json())
    new.rename(folder.base / id)
    return backup


async def copy_all_streams(folder: BackupFolder, settings: Settings) -> Copy:
    """Copy all streams. Raises StackError."""
    id = new_id()
    new = unfinished(folder.streams / id)
    new.mkdir()
    bus = await connect(settings.nats_url, "backup", patience=15)
    try:
        streams = await copy_streams(bus, new)
    finally:
        await bus.close()
    # Read last, so that the number covers all reports in the copied messages.
    highest = await asyncio.to_thread(_highest_number, Address.of(settings.database_url))
    copy = Copy(id=id, highest_number=highest, streams=streams)
    (new / "copy.json").write_text(copy.model_dump_json())
    new.rename(folder.streams / id)
    return copy


def clear_unfinished(folder: BackupFolder) -> None:
    """Delete unfinished backups, left when their process ended."""
    for part in (folder.base, folder.streams):
        for path in part.glob("*.new"):
            shutil.rmtree(path)


def _server_version(address: Address) -> int:
    with address.connect() as connection:
        return connection.info.server_version


def _highest_number(address: Address) -> int:
    with address.connect() as connection:
        row = connection.execute("SELECT last_value FROM lifecycle.report_number").fetchone()
    assert row is not None
    return int(row[0])


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
