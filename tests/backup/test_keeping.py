"""`lapor backup keep`, as a process: by its own role and NATS user, until it is told to stop."""

import asyncio
import os
import sys
from pathlib import Path

import httpx
import orjson
from prometheus_client.parser import text_string_to_metric_families

from deploy.backup.folder import BackupFolder
from deploy.backup.postgres import segments
from deploy.backup.verify import problems
from deploy.credentials import environment
from deploy.local.child import Child
from deploy.local.postgres import BACKUP
from deploy.local.processes import KEEPER
from shared.settings import Addresses
from tests.backup.conftest import Source
from tests.deadlines import READY_WITHIN


async def test_a_backup_is_taken_at_once_and_the_log_is_kept_until_told_to_stop(
    source: Source, tmp_path: Path
) -> None:
    folder = BackupFolder.at(tmp_path / "backups")
    addresses = Addresses.model_validate(
        source.settings.model_dump(include=set(Addresses.model_fields))
    )
    variables = environment(addresses, source.credentials, BACKUP, KEEPER.name)
    keeper = Child(
        "keeper",
        tmp_path,
        [sys.executable, "-m", KEEPER.module],
        environment=os.environ | variables | {"LAPOR_BACKUP_DIR": str(folder.path)},
    )
    keeper.start()
    try:
        async with asyncio.timeout(READY_WITHIN), httpx.AsyncClient() as http:
            while not (folder.backups() and segments(folder.wal)):
                assert keeper.alive, keeper.log.read_text()
                await asyncio.sleep(0.1)
            address = _operations(keeper)
            while (await http.get(f"{address}/readyz")).status_code != 200:
                await asyncio.sleep(0.1)
            metrics = (await http.get(f"{address}/metrics")).text
            [backup] = folder.backups()
            assert _value(metrics, "lapor_backup_timestamp_seconds") == backup.ended.timestamp()
    finally:
        await keeper.stop()
    assert keeper.how_it_ended() == "exit 0"
    assert list(problems(folder, backup)) == []
    source.sql("SELECT pg_drop_replication_slot('lapor_backup')")


def _value(metrics: str, name: str) -> float:
    [family] = [f for f in text_string_to_metric_families(metrics) if f.name == name]
    return float(family.samples[0].value)


def _operations(keeper: Child) -> str:
    [line] = [ln for ln in keeper.log.read_text().splitlines() if '"operations"' in ln]
    return str(orjson.loads(line)["operations"])
