"""A backup taken while servers run: whole, listed, checked; its secrets for the holder of a key."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.backup.attachments import copy_attachments, forget_gone, kept_files
from deploy.backup.folder import Backup, BackupFolder
from deploy.backup.sealing import new_key, secrets_at_hand, unseal
from deploy.backup.take import take
from deploy.backup.verify import problems
from deploy.errors import StackError
from tests.backup.conftest import Source


async def _take(source: Source, folder: BackupFolder, **changes: str) -> Backup:
    settings = source.settings.model_copy(update=changes)
    return await take(folder, settings, secrets_at_hand(settings, {}), lambda _: None)


async def test_a_backup_is_whole_until_a_byte_of_it_changes(source: Source, tmp_path: Path) -> None:
    folder = BackupFolder.at(tmp_path / "backups")
    (folder.base / "20260101T000000.000000Z.new").mkdir()  # another was killed
    backup = await _take(source, folder)
    assert folder.backups() == [backup]
    assert list(problems(folder, backup)) == []
    assert [path.name for path in folder.base.iterdir()] == [backup.id]
    [streams] = folder.streams.iterdir()
    for damaged in (folder.postgres_of(backup) / "base.tar.gz", streams / "REPORTS.snapshot"):
        content = damaged.read_bytes()
        half = len(content) // 2
        damaged.write_bytes(content[:half] + bytes([content[half] ^ 255]) + content[half + 1 :])
        assert len(list(problems(folder, backup))) == 1
        damaged.write_bytes(content)
    assert list(problems(folder, backup)) == []


async def test_secrets_are_sealed_to_who_has_the_key_and_lie_nowhere_else(
    source: Source, tmp_path: Path
) -> None:
    folder = BackupFolder.at(tmp_path / "backups")
    opens, seals = new_key()
    backup = await _take(source, folder, backup_recipient=seals)
    assert backup.secrets
    secret = source.credentials.application["LAPOR_BLIND_INDEX_KEY"].encode()
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    assert not [path for path in files if secret in path.read_bytes()]
    key_file, other = tmp_path / "key.txt", tmp_path / "other.txt"
    key_file.write_text(f"# created: 2026-11-29\n{opens}\n")
    [sealed] = folder.sealed_secrets()
    assert unseal(sealed, key_file) == (source.data_dir / "secrets.env").read_bytes()
    other.write_text(new_key()[0])
    with pytest.raises(StackError, match="does not open"):
        unseal(sealed, other)


async def test_without_a_recipient_there_are_no_secrets(source: Source, tmp_path: Path) -> None:
    folder = BackupFolder.at(tmp_path / "backups")
    assert not (await _take(source, folder)).secrets
    assert folder.sealed_secrets() == []


async def test_a_backup_of_a_server_that_is_away_says_so(source: Source, tmp_path: Path) -> None:
    folder = BackupFolder.at(tmp_path / "backups")
    address = source.settings.database_url.replace(source.credentials.roles["lapor_backup"], "x")
    with pytest.raises(Exception, match="password authentication failed"):
        await _take(source, folder, database_url=address)
    assert folder.backups() == []


async def test_files_written_over_are_copied_anew_and_files_gone_are_kept_for_a_while(
    tmp_path: Path,
) -> None:
    store, kept = tmp_path / "store", tmp_path / "kept"
    kept.mkdir()
    for path in ("aa/aa1", "bb/bb1", "drafts/cc"):
        (store / path).parent.mkdir(parents=True, exist_ok=True)
        (store / path).write_text("as sent")
    copied = await asyncio.to_thread(copy_attachments, store.as_uri(), kept)
    assert (copied.files, copied.new) == (2, 2)
    (store / "aa/aa1").write_text("remade!")
    (store / "bb/bb1").unlink()
    copied = await asyncio.to_thread(copy_attachments, store.as_uri(), kept)
    assert (copied.files, copied.new) == (1, 1)
    assert (kept / "aa/aa1").read_text() == "remade!"
    assert list(kept_files(kept)) == ["aa/aa1", "bb/bb1"]
    assert forget_gone(kept, datetime.now(UTC) - timedelta(days=1)) == 0
    assert forget_gone(kept, datetime.now(UTC) + timedelta(days=1)) == 1
    assert list(kept_files(kept)) == ["aa/aa1"]
