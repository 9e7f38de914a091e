"""Real servers for every test: one Postgres and one Temporal a run, one nats-server a worker.

Each starts when a test first asks for it, and is shared by the workers of a run. Every worker has
a database of its own, cloned from a migrated template, and a Temporal namespace of its own.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from psycopg import sql

from deploy.credentials import Credentials, load_or_create
from deploy.local.postgres import DATABASE, OWNER, Postgres
from shared import clock
from shared.settings import Settings
from tests import node_packages as node
from tests.distribution import pytest_collection_modifyitems, pytest_xdist_make_scheduler

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

# How long an example takes says how busy the machine is, not whether it is right.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")

UrlOf = Callable[[str], str]
SettingsOf = Callable[[str], Settings]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """With `LAPOR_TESTS_AT` every test is run at each of these instants: see `make dates`."""
    if instants := os.environ.get("LAPOR_TESTS_AT", "").split():
        metafunc.parametrize("the_time", instants, indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def the_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """The machine's, or that of `LAPOR_TESTS_AT` going on from there."""
    at = getattr(request, "param", None)
    if at is None:
        yield
        return
    ahead = datetime.fromisoformat(at) - clock.now()
    clock.hand_in(lambda: datetime.now(UTC) + ahead)
    yield
    clock.take_back()


@pytest.fixture(scope="session")
def credentials() -> Credentials:
    """The generated secrets of this test run."""
    with _Locked("secrets"):
        return load_or_create(_RUN_FOLDER)


@pytest.fixture(scope="session")
def postgres(credentials: Credentials) -> Postgres:
    """The run's Postgres; its database `lapor` is the migrated template, left alone."""
    port = _server("postgres", "postgres")["port"]
    return Postgres(_RUN_FOLDER / "postgres", password=credentials.postgres, port=port)


@pytest.fixture(scope="session")
def database_name(postgres: Postgres) -> Iterator[str]:
    """This worker's own migrated database, kept for the whole session."""
    with _Clone(postgres, f"lapor_{_WORKER}") as name:
        yield name


@pytest.fixture
def fresh_database(postgres: Postgres, credentials: Credentials) -> Iterator[UrlOf]:
    """Role to address of a migrated, empty database for one test alone (0.1 s)."""
    with _Clone(postgres, f"fresh_{_WORKER}") as name:
        yield lambda role: postgres.url(role, credentials.roles[role], name)


@pytest.fixture(scope="module")
def module_database(postgres: Postgres, credentials: Credentials) -> Iterator[UrlOf]:
    """Role to address of a migrated, empty database for the tests of one file."""
    with _Clone(postgres, f"module_{_WORKER}") as name:
        yield lambda role: postgres.url(role, credentials.roles[role], name)


@pytest.fixture(scope="session")
def database_url(postgres: Postgres, database_name: str, credentials: Credentials) -> UrlOf:
    """Role (`lapor_intake`, …) to the SQLAlchemy address of this worker's database."""
    return lambda role: postgres.url(role, credentials.roles[role], database_name)


@pytest.fixture(scope="session")
def nats_url() -> str:
    """This worker's own nats-server, with the credentials of account LAPOR."""
    return str(_server("nats", f"nats-{_WORKER}")["url"])


@pytest.fixture(scope="session")
def temporal_address() -> str:
    """The run's Temporal dev server; use the worker's own `temporal_namespace`."""
    return str(_server("temporal", "temporal")["address"])


@pytest.fixture(scope="session")
def temporal_namespace(temporal_address: str) -> str:
    return _WORKER


@pytest.fixture(scope="session")
def settings_for(
    database_url: UrlOf,
    nats_url: str,
    temporal_address: str,
    temporal_namespace: str,
    credentials: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> SettingsOf:
    """Role to the settings of a process of that role, on this worker's servers."""
    data_dir = tmp_path_factory.mktemp("data")

    def make(role: str) -> Settings:
        return make_settings(
            credentials,
            data_dir=data_dir,
            database_url=database_url(role),
            nats_url=nats_url,
            temporal_address=temporal_address,
            temporal_namespace=temporal_namespace,
        )

    return make


@pytest.fixture(scope="session")
def settings(settings_for: SettingsOf) -> Settings:
    """Settings with the owner's role; `settings_for("lapor_intake")` gives a service's."""
    return settings_for(OWNER)


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """A folder with `tests/node` and its npm packages, installed once for all workers of a run."""
    with _Locked("node"):
        return node.install(_RUN_FOLDER / "node")


def make_settings(credentials: Credentials, **values: object) -> Settings:
    """Settings with these values and the run's generated secrets."""
    secrets = {k.removeprefix("LAPOR_").lower(): v for k, v in credentials.application.items()}
    return Settings.model_validate(secrets | values)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller ends the servers of the run."""
    if hasattr(config, "workerinput") or not _RUN_FOLDER.exists():
        return
    for pid_file in _RUN_FOLDER.glob("*.keeper"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid_file.read_text()), signal.SIGTERM)
    deadline = time.monotonic() + 20
    while list(_RUN_FOLDER.glob("*/run/*.pid")) and time.monotonic() < deadline:
        time.sleep(0.05)
    shutil.rmtree(_RUN_FOLDER, ignore_errors=True)


class _Clone:
    """A database made of the template, dropped at the end."""

    def __init__(self, postgres: Postgres, name: str) -> None:
        self._postgres, self._name = postgres, name

    def __enter__(self) -> str:
        self._drop()
        # Copying files costs half of what writing all to the log does.
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY").format(
            sql.Identifier(self._name), sql.Identifier(DATABASE), sql.Identifier(OWNER)
        )
        # Two workers may not copy the template at the same instant.
        with _Locked("template"), self._postgres.administer() as connection:
            connection.execute(make)
        return self._name

    def __exit__(self, *_: object) -> None:
        self._drop()

    def _drop(self) -> None:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        with self._postgres.administer() as connection:
            connection.execute(drop.format(sql.Identifier(self._name)))


class _Locked:
    """A lock held across the workers of a run."""

    def __init__(self, name: str) -> None:
        _RUN_FOLDER.mkdir(mode=0o700, exist_ok=True)
        self._path = _RUN_FOLDER / f"{name}.lock"

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _server(kind: str, name: str) -> dict[str, Any]:
    """Where the run's server of this name is; starts it when nobody has yet."""
    with _Locked(name):
        facts = _RUN_FOLDER / f"{name}.json"
        if not facts.exists():
            _start_keeper(kind, name, facts)
        return dict(json.loads(facts.read_text()))


def _start_keeper(kind: str, name: str, facts: Path) -> None:
    log = _RUN_FOLDER / f"{name}.log"
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # Spawned and let go: it serves the other workers too, and watches the run itself.
    keeper = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "tests.servers", kind, name, str(_RUN_FOLDER), str(_RUN)],
        {**os.environ, "PYTHONPATH": str(_ROOT)},
        file_actions=[(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)],
        setsid=True,
    )
    os.close(output)
    (_RUN_FOLDER / f"{name}.keeper").write_text(str(keeper))
    while not facts.exists():
        if os.waitpid(keeper, os.WNOHANG)[0]:
            raise RuntimeError(f"The {kind} for the tests did not start:\n{log.read_text()}")
        time.sleep(0.02)


_ROOT = Path(__file__).parent.parent
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "default")
_RUN = os.getpid() if _WORKER == "default" else os.getppid()
_RUN_FOLDER = Path(tempfile.gettempdir()) / f"lapor-tests-{_RUN}"
