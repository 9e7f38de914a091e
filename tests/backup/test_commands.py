"""`lapor backup` and `lapor restore`, as somebody types them."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.backup.folder import BackupFolder
from deploy.backup.sealing import new_key
from deploy.cli import app
from tests.backup.conftest import Source


@pytest.fixture
def at_the_source(source: Source, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The environment of a person at this stack, who has the key in a file."""
    opens, seals = new_key()
    (tmp_path / "key.txt").write_text(opens)
    addresses = source.settings
    for name in ("data_dir", "postgres_port", "nats_port"):
        monkeypatch.setenv(f"LAPOR_{name.upper()}", str(getattr(addresses, name)))
    monkeypatch.setenv("LAPOR_BACKUP_DIR", str(tmp_path / "backups"))
    monkeypatch.setenv("LAPOR_BACKUP_RECIPIENT", seals)
    return tmp_path


async def test_a_backup_is_taken_listed_checked_and_put_into_a_folder(at_the_source: Path) -> None:
    assert "with secrets" in await _lapor("backup")
    listed = await _lapor("backup", "list")
    assert "The log was not kept" in listed
    backup_id = listed.split()[0]
    assert await _lapor("backup", "verify") == f"{backup_id} is whole.\n"
    key = str(at_the_source / "key.txt")
    restored = await _lapor("restore", str(at_the_source / "restored"), "--key", key)
    assert "The next report gets number" in restored
    assert (at_the_source / "restored" / "postgres" / "PG_VERSION").exists()


async def test_while_one_backup_is_taken_another_is_refused(at_the_source: Path) -> None:
    with BackupFolder.at(at_the_source / "backups").locked():
        result = await asyncio.to_thread(CliRunner().invoke, app, ["backup"])
    assert "Another backup is being taken" in str(result.exception)


async def test_what_a_person_forgot_is_said(at_the_source: Path) -> None:
    folder = str(at_the_source / "restored")
    for arguments, said in (
        (["backup", "list"], "take a backup first"),
        (["restore", folder], "Give --key"),
        (["restore", folder, "--without-secrets"], "There is no"),
    ):
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        assert said in str(result.exception)


async def _lapor(*arguments: str) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments))
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout
