"""Postgres twice: a primary, and a standby that streams from it. A file names the primary."""

import asyncio
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

import psycopg

from deploy.cluster.layout import POSTGRES
from deploy.errors import StackError
from deploy.local.postgres import BINARIES, Postgres, as_other_user, give_to_other_user

_PRIMARY: Final = "primary"
_PATIENCE: Final = 60.0
_OPTIONS: Final = {
    "wal_keep_size": "1GB",
    "wal_sender_timeout": "10s",
    "wal_receiver_timeout": "10s",
}


class PostgresNode(Postgres):
    """One of the two nodes. When it starts, it takes the role that the file says; a former primary
    starts again from a copy of the present one. With `synchronous`, a commit is answered only when
    the other node also has it on its disk; while the other is unavailable, commits wait."""

    def __init__(
        self,
        data_dir: Path,
        name: str,
        *,
        password: str,
        port: int,
        other: int,
        host: str,
        synchronous: bool,
    ) -> None:
        both = ", ".join(f'"{node}"' for node in POSTGRES)
        options = {
            "cluster_name": name,
            "synchronous_standby_names": f"ANY 1 ({both})" if synchronous else "",
        }
        super().__init__(
            data_dir, password=password, port=port, host=host, options=_OPTIONS | options, name=name
        )
        self._primary = (
            f"host={host} port={other} user=postgres password={password} dbname=postgres"
            f" application_name={name} connect_timeout=5"
        )

    async def prepare(self) -> None:
        if not self._is_primary:
            await self._follow()
        await super().prepare()

    async def is_ready(self) -> bool:
        """Return whether the node is ready. An interrupted promotion is finished first."""
        if not await super().is_ready():
            return False
        return not self._is_primary or await asyncio.to_thread(self.promote)

    def promote(self) -> bool:
        """Make a standby the primary; return whether it is one now."""
        with self.administer() as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            if row is not None and row[0]:
                row = connection.execute("SELECT NOT pg_promote(wait => true)").fetchone()
            return row is not None and not row[0]

    def sync_state(self) -> str | None:
        """Return the state of the standby as this primary sees it: `quorum`, `async`, or None if
        none streams."""
        with self.administer() as connection:
            state = "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"
            row = connection.execute(f"{state} AND application_name = ANY(%s)", ([*POSTGRES],))
            only_row = row.fetchone()
            return None if only_row is None else str(only_row[0])

    @property
    def _is_primary(self) -> bool:
        return primary_of(self.data_dir) == self.name

    async def _follow(self) -> None:
        signal = self.folder / "standby.signal"
        if not signal.exists():
            await self._until_led()
            await self._copy_primary()
        settings = self.folder / "postgresql.auto.conf"
        settings.write_text(f"primary_conninfo = '{self._primary}'\n")
        for path in (settings, signal):
            path.touch(mode=0o600)
            give_to_other_user(path)

    async def _until_led(self) -> None:
        """Wait until the other node is the primary: a copy that begins during its promotion is
        aborted."""
        until = time.monotonic() + _PATIENCE
        while True:
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(self._primary) as connection:
                    row = await (await connection.execute("SELECT pg_is_in_recovery()")).fetchone()
                if row is not None and not row[0]:
                    return
            if time.monotonic() > until:
                raise StackError(f"{self.name} finds no primary to follow.")
            await asyncio.sleep(0.2)

    async def _copy_primary(self) -> None:
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        give_to_other_user(unfinished)
        command = [*as_other_user(), str(BINARIES / "pg_basebackup"), "--no-password"]
        command += ["--pgdata", str(unfinished), "--checkpoint=fast", "--wal-method=stream"]
        copying = await asyncio.create_subprocess_exec(
            *command,
            env=os.environ | _as_environment(self._primary),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await copying.communicate()
        if copying.returncode != 0:
            raise StackError(f"{self.name} could not copy the primary: {errors.decode().strip()}")
        (unfinished / "standby.signal").touch(mode=0o600)
        give_to_other_user(unfinished / "standby.signal")
        shutil.rmtree(self.folder, ignore_errors=True)
        unfinished.rename(self.folder)


def primary_of(data_dir: Path) -> str:
    """Return the node that is or will be the primary: the first, until another was promoted."""
    path = data_dir / _PRIMARY
    return path.read_text().strip() if path.exists() else POSTGRES[0]


def appoint(data_dir: Path, name: str) -> None:
    """Make this node the primary from now on; the other one follows when it starts."""
    new = data_dir / f"{_PRIMARY}.new"
    with new.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    new.rename(data_dir / _PRIMARY)


def _as_environment(conninfo: str) -> dict[str, str]:
    # Not passed as arguments of the command, which everybody on the machine can read.
    known = psycopg.conninfo.conninfo_to_dict(conninfo)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    return {variable: str(known[name]) for name, variable in names.items()}
