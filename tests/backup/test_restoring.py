"""A backup put into an empty folder, to a moment and to the end of its log."""

import asyncio
import dataclasses
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.backup.folder import Backup, BackupFolder
from deploy.backup.keep import forget
from deploy.backup.postgres import Address, make_slot, receiving
from deploy.backup.restore import restore
from deploy.backup.sealing import new_key
from deploy.backup.take import copy_all_streams, take
from deploy.errors import StackError
from deploy.local.child import Child
from deploy.local.ports import free_port
from deploy.local.postgres import OWNER, Postgres
from deploy.restoring import MARGIN
from shared.bus.connection import connect
from shared.database.engine import Database
from shared.lifecycle.state import ReportState
from tests.backup.conftest import Source
from tests.deadlines import READY_WITHIN
from tests.workflows.country import settle_country
from tests.workflows.factory import Reports

SAME, REMADE = "aa" + "0" * 30, "bb" + "0" * 30
"""Keys of attachments: one lies in the backup as it was last, one as it was sent."""


@dataclasses.dataclass
class Night:
    """A report before the moment, one after it that NATS heard of, and the backup of both."""

    source: Source
    folder: BackupFolder
    backup: Backup
    key_file: Path
    kept: ReportState
    moment: datetime
    lost: ReportState


@pytest.fixture(scope="module")
async def night(source: Source, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Night]:
    home = tmp_path_factory.mktemp("night")
    folder = BackupFolder.at(home / "backups")
    opens, seals = new_key()
    (home / "key.txt").write_text(opens)
    settings = source.settings.model_copy(update={"backup_recipient": seals})
    for key in (SAME, REMADE):
        path = source.data_dir / "attachments" / key[:2] / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("foto")
    address = Address.of(settings.database_url)
    make_slot(address)
    receiver = Child(
        "pg_receivewal", home, receiving(address, folder.wal), environment=address.environment
    )
    receiver.start()
    database = Database(source.postgres.url(OWNER, source.credentials.roles[OWNER]))
    try:
        await settle_country(database)
        reports = Reports(database)
        secrets = (source.data_dir / "secrets.env").read_bytes()
        backup = await take(folder, settings, secrets, lambda _: None)
        kept = await reports.accept()
        for key, content in ((SAME, b"foto"), (REMADE, b"foto, remade since the copy")):
            await reports.value(
                _ATTACHMENT, n=kept.number, key=key, sha256=hashlib.sha256(content).hexdigest()
            )
        [(moment,)] = source.sql("SELECT clock_timestamp()")
        assert isinstance(moment, datetime)
        lost = await reports.accept()
        bus = await connect(source.nats.url, "test", patience=10)
        for row in await reports.rows(
            "SELECT * FROM lifecycle.outbox WHERE number = :n", n=lost.number
        ):
            await bus.publish(
                row.subject, bytes(row.body), msg_id=row.message_id, headers=row.headers
            )
        await bus.close()
        await copy_all_streams(folder, settings)
        while source.sql(_RECEIVED) != [(True,)]:
            await asyncio.sleep(0.05)
        yield Night(source, folder, backup, home / "key.txt", kept, moment, lost)
    finally:
        await receiver.stop()
        await database.dispose()


async def test_a_moment_comes_back_with_all_until_then_and_what_is_known_of_later(
    night: Night, tmp_path: Path
) -> None:
    target = tmp_path / "restored"
    restored = await restore(night.folder, target, night.moment, night.key_file, lambda _: None)
    assert restored.until is not None and restored.until <= night.moment
    assert restored.afterwards is not None
    assert restored.afterwards.lost == (night.lost.number,)
    assert [(s.number, s.event) for s in restored.afterwards.steps] == [
        (night.lost.number, "submitted")
    ]
    assert restored.afterwards.next_number > night.lost.number + MARGIN
    assert (target / "attachments" / SAME[:2] / SAME).read_text() == "foto"
    secrets = (target / "secrets.env").read_bytes()
    assert secrets == (night.source.data_dir / "secrets.env").read_bytes()
    query = "SELECT number FROM lifecycle.report ORDER BY 1"
    assert await _rows(night, target, query) == [(night.kept.number,)]
    # As it lies there it may say who sent it.
    query = "SELECT key, state FROM intake.attachment ORDER BY 1"
    assert await _rows(night, target, query) == [(SAME, "remade"), (REMADE, "pending")]


async def test_all_of_the_log_comes_back_and_secrets_may_be_brought_by_hand(
    night: Night, tmp_path: Path
) -> None:
    target = tmp_path / "restored"
    restored = await restore(night.folder, target, None, None, lambda _: None)
    assert restored.afterwards is None
    assert not (target / "secrets.env").exists()
    query = "SELECT number FROM lifecycle.report ORDER BY 1"
    assert await _rows(night, target, query) == [(night.kept.number,), (night.lost.number,)]


async def test_what_cannot_be_restored_is_said(night: Night, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    cases = [
        (tmp_path / "full", None, "is not empty"),
        (tmp_path / "early", night.backup.began - timedelta(seconds=1), "nothing before"),
        (tmp_path / "late", datetime.now(UTC) + timedelta(days=1), "The log ends before"),
    ]
    for target, moment, why in cases:
        with pytest.raises(StackError, match=why):
            await restore(night.folder, target, moment, None, lambda _: None)


def test_what_no_kept_moment_needs_is_forgotten(tmp_path: Path) -> None:
    folder = BackupFolder.at(tmp_path)
    days = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 8, 15)]
    for number, day in enumerate(days, 1):
        id = day.strftime("%Y%m%dT%H%M%S.%fZ")
        (folder.base / id).mkdir()
        backup = Backup(
            id=id,
            ended=day,
            server_version=180006,
            first_segment=f"{1:08X}{0:08X}{number * 16:08X}",
            bytes=1,
            attachments=0,
            attachment_bytes=0,
            secrets=True,
        )
        (folder.base / id / "backup.json").write_text(backup.model_dump_json())
        (folder.secrets / f"{id}.age").touch()
    for segment in range(15, 60):
        (folder.wal / f"{1:08X}{0:08X}{segment:08X}").touch()
    forget(folder, datetime(2026, 11, 10, tzinfo=UTC))
    assert [backup.ended for backup in folder.backups()] == days[1:]
    assert [path.stem[:8] for path in folder.sealed_secrets()] == ["20261115"]
    assert min(path.name for path in folder.wal.iterdir()).endswith(f"{32:08X}")


async def _rows(night: Night, target: Path, query: str) -> list[tuple[object, ...]]:
    """What is there once Postgres runs from the folder."""
    postgres = Postgres(target, password=night.source.credentials.postgres, port=free_port())
    await postgres.prepare()
    postgres.start()
    try:
        await postgres.wait_ready(READY_WITHIN)
        with postgres.administer("lapor") as connection:
            return connection.execute(query.encode()).fetchall()
    finally:
        await postgres.stop()


_ATTACHMENT = """
INSERT INTO intake.attachment (id, number, key, name, media_type, size, sha256, state)
VALUES (gen_random_uuid(), :n, :key, 'foto.jpg', 'image/jpeg', 4, :sha256, 'remade') RETURNING 1
"""
_RECEIVED = """
SELECT flush_lsn >= pg_current_wal_flush_lsn() FROM pg_stat_replication
WHERE application_name = 'pg_receivewal'
"""
