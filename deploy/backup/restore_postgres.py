"""Restores Postgres to a moment, from a base backup and the log up to then."""

import asyncio
import contextlib
import shutil
import signal
import tarfile
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.backup.folder import Backup, BackupFolder
from deploy.errors import StackError
from deploy.local.child import Child
from deploy.local.postgres import BINARIES, DATABASE, as_other_user, give_to_other_user


@dataclass(frozen=True)
class RecoveredPostgres:
    """A restored server that only we can reach, at `database_url`. `until` is its last transaction
    before the moment, or None if there was none after the backup."""

    database_url: str
    until: datetime | None


@asynccontextmanager
async def recovered(
    source: BackupFolder,
    backup: Backup,
    target: Path,
    moment: datetime | None,
    password: str | None,
) -> AsyncIterator[RecoveredPostgres]:
    """Restore `target/postgres` to the moment, or to the end of the log, and run it during the
    block. The superuser gets the password, if one is given. Raises StackError."""
    folder = target / "postgres"
    await asyncio.to_thread(_unpack, source.postgres_of(backup), folder)
    _ask_for(folder, source.wal, moment)
    async with _running(target, folder) as (connection, socket):
        row = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
        for setting in ("restore_command", "recovery_target_action", "recovery_target_time"):
            connection.execute(f"ALTER SYSTEM RESET {setting}".encode())
        if password is not None:
            connection.execute(
                sql.SQL("ALTER ROLE postgres PASSWORD {}").format(sql.Literal(password))
            )
        url = f"postgresql+psycopg://postgres@/{DATABASE}?host={socket}"
        yield RecoveredPostgres(url, row[0] if row is not None else None)


def _unpack(base: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    for name, into in (("base.tar.gz", folder), ("pg_wal.tar.gz", folder / "pg_wal")):
        with tarfile.open(base / name) as archive:
            archive.extractall(into, filter="tar")
    give_to_other_user(folder)
    for path in folder.rglob("*"):
        give_to_other_user(path)


def _ask_for(folder: Path, log: Path, moment: datetime | None) -> None:
    quoted = str(log).replace("'", "''")
    # The last file of the log has another name if it was still being written.
    command = f'f="{quoted}/%f"; test -f "$f" || f="$f.partial"; test -f "$f" && cp "$f" "%p"'
    settings = [f"restore_command = '{command}'", "recovery_target_action = 'promote'"]
    if moment is not None:
        settings.append(f"recovery_target_time = '{moment.isoformat()}'")
    with (folder / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{line}\n" for line in settings)
    (folder / "recovery.signal").touch()
    give_to_other_user(folder / "recovery.signal")


@asynccontextmanager
async def _running(target: Path, folder: Path) -> AsyncIterator[tuple[psycopg.Connection, Path]]:
    """Run the server with a socket in a private folder, so that no password is needed."""
    door = Path(tempfile.mkdtemp(prefix="lapor-restore-"))
    give_to_other_user(door)
    (door / "pg_hba.conf").write_text("local all all trust\n")
    give_to_other_user(door / "pg_hba.conf")
    command = [*as_other_user(), str(BINARIES / "postgres"), "-D", str(folder)]
    for setting in (
        "listen_addresses=",
        f"unix_socket_directories={door}",
        f"hba_file={door}/pg_hba.conf",
        "archive_mode=off",
        "hot_standby=off",  # it answers only after recovery
    ):
        command += ["-c", setting]
    server = Child("postgres", target, command, stop_signal=signal.SIGINT, patience=60)
    server.start()
    try:
        with await _connected(server, door) as connection:
            yield connection, door
    finally:
        await server.stop()
        shutil.rmtree(door)


async def _connected(server: Child, door: Path) -> psycopg.Connection:
    while True:
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(
                host=str(door), user="postgres", dbname=DATABASE, autocommit=True
            )
        if not server.alive:
            raise StackError(_why(server))
        await asyncio.sleep(0.1)


def _why(server: Child) -> str:
    log_text = server.log.read_text(errors="replace")
    if "recovery ended before configured recovery target was reached" in log_text:
        return (
            "The log ends before that moment. Leave --to out to get all that there is, or name an"
            " earlier moment."
        )
    return f"Postgres could not be restored; its log is {server.log}.\n" + log_text[-2000:]
