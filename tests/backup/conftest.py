"""A small Postgres and a NATS of the tests' own, since whole servers are backed up and restored."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.backup.folder import BackupFolder
from deploy.credentials import Credentials, environment, load_or_create
from deploy.local.migrate import declare_streams, migrate_database
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from deploy.local.postgres import BACKUP, OWNER, Postgres
from shared.settings import Addresses, Settings
from tests.deadlines import READY_WITHIN

_HASTE = {"fsync": "off", "shared_buffers": "16MB", "max_wal_size": "64MB", "min_wal_size": "32MB"}


@dataclasses.dataclass
class Source:
    """What is backed up: servers, the folder of their data, and the settings of the command."""

    data_dir: Path
    credentials: Credentials
    postgres: Postgres
    nats: Nats
    settings: Settings
    folder: BackupFolder

    def sql(self, query: str) -> list[tuple[object, ...]]:
        with self.postgres.administer("lapor") as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="package")
async def source(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Source]:
    """Servers with our tables and streams, and nobody at work."""
    data_dir = tmp_path_factory.mktemp("source")
    addresses = Addresses.model_validate(
        {"data_dir": data_dir}
        | {name: free_port() for name in Addresses.model_fields if name.endswith("_port")}
    )
    credentials = load_or_create(data_dir)
    postgres = Postgres(
        data_dir, password=credentials.postgres, port=addresses.postgres_port, options=_HASTE
    )
    nats = Nats(
        data_dir,
        authority=credentials.nats,
        port=addresses.nats_port,
        monitor_port=addresses.nats_monitor_port,
    )
    for server in (postgres, nats):
        await server.prepare()
        server.start()
    try:
        for server in (postgres, nats):
            await server.wait_ready(READY_WITHIN)
        postgres.create_roles(credentials.roles)
        postgres.create_database()
        await migrate_database(postgres.url(OWNER, credentials.roles[OWNER]))
        await declare_streams(nats.url)
        variables = environment(addresses, credentials, BACKUP)
        settings = Settings.model_validate(
            {name.removeprefix("LAPOR_").lower(): value for name, value in variables.items()}
        )
        folder = BackupFolder.at(settings.backup_dir)
        yield Source(data_dir, credentials, postgres, nats, settings, folder)
    finally:
        for server in (nats, postgres):
            await server.stop()
