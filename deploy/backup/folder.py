"""The folder of backups, which should be on another machine's disk.

    base/<id>/      a whole `postgres/`, and `backup.json`, written last: it makes the backup valid
    wal/            Postgres's log as it is written: from a base backup to any later moment
    streams/<id>/   NATS's streams, and `copy.json`, likewise written last
    attachments/    every file, until no stored backup needs it
    secrets/        <id>.age, each sealed to a key that is kept elsewhere

An id is the instant at which a backup was begun, `20261129T132000Z`.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from deploy.errors import StackError

POSTGRES: Final = "postgres"
_ID: Final = "%Y%m%dT%H%M%S.%fZ"
_UNFINISHED: Final = ".new"


class StreamCopy(BaseModel):
    """A copied stream. `sha256` is of its description and its file, `bytes` only of the file."""

    model_config = ConfigDict(frozen=True)

    name: str
    messages: int
    bytes: int
    sha256: str


class Copy(BaseModel):
    """A copy of all streams at an instant, and the highest number that a report had by then."""

    model_config = ConfigDict(frozen=True)

    id: str
    highest_number: int
    streams: tuple[StreamCopy, ...]

    @property
    def began(self) -> datetime:
        return instant_of(self.id)


class Backup(BaseModel):
    """A base backup. Together with the log, any moment from `ended` on can be restored. Sizes are
    in bytes."""

    model_config = ConfigDict(frozen=True)

    id: str
    ended: datetime
    server_version: int
    """Postgres's version as a number, such as 180006."""
    first_segment: str
    """The first file of the log that the backup needs."""
    bytes: int
    attachments: int
    attachment_bytes: int
    secrets: bool

    @property
    def began(self) -> datetime:
        return instant_of(self.id)


Record = TypeVar("Record", Backup, Copy)


@dataclass(frozen=True)
class BackupFolder:
    """The folder, and the complete backups in it."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Self:
        """Return the folder, created if missing. Only our user can read it, because it holds
        people's texts."""
        folder = cls(path.resolve())
        for part in (folder.path, folder.base, folder.wal, folder.streams, folder.attachments):
            part.mkdir(parents=True, exist_ok=True)
        folder.secrets.mkdir(exist_ok=True)
        folder.path.chmod(0o700)
        return folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock during the block, so that nobody else writes here. Raises
        StackError if it is taken. The lock is also freed by kill -9."""
        with (self.path / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError(f"Another backup is being taken into {self.path}.") from None
            yield

    @property
    def base(self) -> Path:
        return self.path / "base"

    @property
    def wal(self) -> Path:
        return self.path / "wal"

    @property
    def streams(self) -> Path:
        return self.path / "streams"

    @property
    def attachments(self) -> Path:
        return self.path / "attachments"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    def postgres_of(self, backup: Backup) -> Path:
        """Return the folder of its base backup, as `pg_basebackup` wrote it."""
        return self.base / backup.id / POSTGRES

    def backups(self) -> list[Backup]:
        """Return the backups, oldest first."""
        return list(_records(self.base, "backup.json", Backup))

    def copies(self) -> list[Copy]:
        """Return the copies of the streams, oldest first."""
        return list(_records(self.streams, "copy.json", Copy))

    def sealed_secrets(self) -> list[Path]:
        """Return the sealed secrets, oldest first."""
        return sorted(self.secrets.glob("*.age"))


def new_id() -> str:
    return datetime.now(UTC).strftime(_ID)


def instant_of(id: str) -> datetime:
    return datetime.strptime(id, _ID).replace(tzinfo=UTC)


def unfinished(path: Path) -> Path:
    """Return the path at which something is made; it is renamed to its final name when it is
    complete."""
    return path.with_name(path.name + _UNFINISHED)


def _records(folder: Path, name: str, kind: type[Record]) -> Iterator[Record]:
    for path in sorted(folder.glob(f"*Z/{name}")):
        yield kind.model_validate_json(path.read_bytes())
