"""Base backups of Postgres and its log, made by the server's own programs over its address, with a
role that may replicate and read."""

import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.errors import StackError
from deploy.local.postgres import BINARIES

SLOT: Final = "lapor_backup"
"""The replication slot: the server keeps its log until the reader of this slot has received it."""
MANIFEST: Final = "backup_manifest"
_SEGMENT_SIZE: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Address:
    """A server's address. `conninfo` lacks the password, which is passed in the environment, where
    others on the machine cannot see it."""

    conninfo: str
    password: str

    @classmethod
    def of(cls, database_url: str) -> "Address":
        """Return the address from a setting: `postgresql+psycopg://…`."""
        parts = conninfo_to_dict(database_url.replace("+psycopg", "", 1))
        password = str(parts.pop("password", "") or "")
        return cls(make_conninfo("", **parts), password)

    def command(self, program: str, *arguments: str) -> list[str]:
        return [str(BINARIES / program), "-d", self.conninfo, "--no-password", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PGPASSWORD": self.password}

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.conninfo, password=self.password, autocommit=True)


def take_base(address: Address, folder: Path) -> str:
    """Copy the whole server, compressed, into this folder, with the part of the log that makes it
    consistent. Returns the first file of the log that it needs. Raises StackError."""
    shown = ["--progress"] if sys.stderr.isatty() else []
    arguments = ["-D", str(folder), "-F", "tar", "-Z", "gzip:3", "-X", "stream", "-c", "fast"]
    arguments += ["--manifest-checksums", "SHA256", *shown]
    _run(address.command("pg_basebackup", *arguments), address.environment, "Postgres")
    ranges = orjson.loads((folder / MANIFEST).read_bytes())["WAL-Ranges"]
    return segment_name(int(ranges[0]["Timeline"]), str(ranges[0]["Start-LSN"]))


def check_base(folder: Path) -> None:
    """Check that every file is there as it was sent. Raises StackError if not."""
    command = [str(BINARIES / "pg_verifybackup"), "--quiet", "--no-parse-wal", str(folder)]
    _run(command, None, f"the base backup in {folder}")
    try:
        with gzip.open(folder / "pg_wal.tar.gz") as log:  # the manifest does not cover it
            while log.read(_SEGMENT_SIZE):
                pass
    except (OSError, EOFError, zlib.error) as error:
        raise StackError(f"the log in {folder}: {error}") from None


def receiving(address: Address, folder: Path) -> list[str]:
    """Return the command that receives the log into this folder until it is stopped."""
    arguments = ["-D", str(folder), "-S", SLOT, "--synchronous"]
    return address.command("pg_receivewal", *arguments)


def make_slot(address: Address) -> None:
    """Create the slot: from now on the server keeps its log for us."""
    command = address.command("pg_receivewal", "-S", SLOT, "--create-slot", "--if-not-exists")
    _run(command, address.environment, "Postgres")


def segment_name(timeline: int, lsn: str) -> str:
    """Return the name of the log file that holds this position."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    return f"{timeline:08X}{high:08X}{low // _SEGMENT_SIZE:08X}"


def missing_segments(folder: Path, first: str) -> list[str]:
    """Return the log files that are missing between `first` and the last one present."""
    present = {path.name[8:24] for path in segments(folder)}
    wanted = [name for name in sorted(present) if name >= first[8:]]
    if not wanted:
        return []
    begin, end = _index(first[8:]), _index(wanted[-1])
    return [name for name in map(_name, range(begin, end + 1)) if name not in present]


def segments(folder: Path) -> list[Path]:
    """Return the files of the log, including the one being written (`.partial`)."""
    return sorted(
        path for path in folder.iterdir() if len(path.name.removesuffix(".partial")) == _LENGTH
    )


def _index(name: str) -> int:
    return int(name[:8], 16) * 256 + int(name[8:], 16)


def _name(index: int) -> str:
    return f"{index // 256:08X}{index % 256:08X}"


def _run(command: Sequence[str], environment: dict[str, str] | None, what: str) -> None:
    shown = None if "--progress" in command else subprocess.PIPE
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=shown, text=True, check=False
    )
    if done.returncode != 0:
        raise StackError(f"{what}: {Path(command[0]).name} failed.\n{(done.stderr or '').strip()}")


_LENGTH: Final = 24
