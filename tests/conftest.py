"""Real servers for every test: one Postgres and one Temporal a run, one nats-server a worker.

Each starts when a test first asks for it, and is shared by the workers of a run. Every worker has
a database of its own, cloned from a migrated template, and a Temporal namespace of its own.
"""

import asyncio
import gc
import os
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from httpx import _config as httpx_config

from deploy.credentials import Credentials, load_or_create
from deploy.local.postgres import OWNER, Postgres
from shared import clock
from shared.settings import Settings
from tests import node_packages as node
from tests.databases import Renewed, clone
from tests.distribution import pytest_collection_modifyitems, pytest_xdist_make_scheduler
from tests.one_run import FOLDER, WORKER, Locked, end_servers, server

__all__ = ["pytest_collection_modifyitems", "pytest_xdist_make_scheduler"]

# Five seconds are little on a full machine, and what answers late is not wrong. For the calls that
# tests make without a word about it; ours say how long they wait.
for _wait in ("connect", "read", "write", "pool"):
    setattr(httpx_config.DEFAULT_TIMEOUT_CONFIG, _wait, 60.0)

# A stack that runs beside the tests is none of theirs: what no test names is nowhere.
for _service in ("portal", "intake", "routing", "followup", "reporting", "notification", "mailbox"):
    os.environ.setdefault(f"LAPOR_{_service}_port".upper(), "1")

# How long an example takes says how busy the machine is, not whether it is right.
hypothesis.settings.register_profile(
    "busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy")

_cancel_all_tasks: Any = vars(asyncio.runners)["_cancel_all_tasks"]


def _cancel_until_they_end(loop: asyncio.AbstractEventLoop) -> None:
    """As asyncio does when a loop ends, but it asks again every two seconds: a client of NATS that
    is just refused by a server that has ended does not hear it, and would try on for ever
    (`asyncio.wait_for` before Python 3.12)."""

    def again() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.call_later(2, again)

    loop.call_later(2, again)
    _cancel_all_tasks(loop)


vars(asyncio.runners)["_cancel_all_tasks"] = _cancel_until_they_end

UrlOf = Callable[[str], str]
SettingsOf = Callable[[str], Settings]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All that is imported and collected stays until the end, so nobody looks through it for
    garbage: neither meanwhile, which takes a third of the collection, nor later. What tests leave
    is looked for seldom: an application of ours alone is some hundred thousand objects."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        gc.enable()


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
    with Locked("secrets"):
        return load_or_create(FOLDER)


@pytest.fixture(scope="session")
def postgres(credentials: Credentials) -> Postgres:
    """The run's Postgres; its database `lapor` is the migrated template, left alone."""
    port = server("postgres", "postgres")["port"]
    return Postgres(FOLDER / "postgres", password=credentials.postgres, port=port)


@pytest.fixture(scope="session")
def database_name(postgres: Postgres) -> Iterator[str]:
    """This worker's own migrated database, kept for the whole session."""
    with clone(postgres, f"lapor_{WORKER}") as name:
        yield name


@pytest.fixture(scope="session")
def renewed_database(postgres: Postgres) -> Iterator[Renewed]:
    """What `fresh_database` gives to one test after the other."""
    with Renewed(postgres, f"fresh_{WORKER}") as database:
        yield database


@pytest.fixture
def fresh_database(
    renewed_database: Renewed, postgres: Postgres, credentials: Credentials
) -> Iterator[UrlOf]:
    """Role to address of a migrated, empty database for one test alone."""
    name = renewed_database.name
    yield lambda role: patient(postgres.url(role, credentials.roles[role], name))
    renewed_database.renew()


@pytest.fixture(scope="module")
def module_database(postgres: Postgres, credentials: Credentials) -> Iterator[UrlOf]:
    """Role to address of a migrated, empty database for the tests of one file."""
    with clone(postgres, f"module_{WORKER}") as name:
        yield lambda role: patient(postgres.url(role, credentials.roles[role], name))


def patient(url: str) -> str:
    """The address for processes that wait longer to be connected than the five seconds of theirs:
    these count while the test's own process gets no turn on a busy machine, and the first request
    of a service was then answered by a 503."""
    return f"{url}?connect_timeout=120"


@pytest.fixture(scope="session")
def database_url(postgres: Postgres, database_name: str, credentials: Credentials) -> UrlOf:
    """Role (`lapor_intake`, …) to the SQLAlchemy address of this worker's database."""
    return lambda role: patient(postgres.url(role, credentials.roles[role], database_name))


@pytest.fixture(scope="session")
def nats_url() -> str:
    """This worker's own nats-server, with the credentials of account LAPOR."""
    return str(server("nats", f"nats-{WORKER}")["url"])


@pytest.fixture(scope="session")
def temporal_address() -> str:
    """The run's Temporal dev server; use the worker's own `temporal_namespace`."""
    return str(server("temporal", "temporal")["address"])


@pytest.fixture(scope="session")
def temporal_namespace(temporal_address: str) -> str:
    return WORKER


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
    with Locked("node"):
        return node.install(FOLDER / "node")


def make_settings(credentials: Credentials, **values: object) -> Settings:
    """Settings with these values and the run's generated secrets."""
    secrets = {k.removeprefix("LAPOR_").lower(): v for k, v in credentials.application.items()}
    return Settings.model_validate(secrets | values)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller ends the servers of the run."""
    if not hasattr(config, "workerinput"):
        end_servers()
