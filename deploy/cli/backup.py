"""`lapor backup …`: takes, lists and checks backups."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.errors import StackError

if TYPE_CHECKING:
    from deploy.backup.folder import Backup, BackupFolder

app = typer.Typer(help="Backups: taken now or on a schedule, listed, checked.")

Id = Annotated[str, typer.Argument(help="The id as `list` shows it; the newest backup by default.")]


@app.callback(invoke_without_command=True)
def backup(context: typer.Context) -> None:
    """Take a whole backup now: Postgres, NATS's streams, attachments, and the secrets, sealed.

    It goes into LAPOR_BACKUP_DIR while everything runs. Uses LAPOR_DATABASE_URL of role
    `lapor_backup`, LAPOR_NATS_URL and LAPOR_STORAGE_URL, else the local stack's.
    """
    if context.invoked_subcommand is not None:
        return
    from deploy.backup.folder import BackupFolder
    from deploy.backup.sealing import secrets_at_hand
    from deploy.backup.take import take
    from deploy.credentials import stack_settings

    settings = stack_settings("lapor_backup")
    secrets = secrets_at_hand(settings)
    folder = BackupFolder.at(settings.backup_dir)
    with folder.locked():
        taken = asyncio.run(take(folder, settings, secrets, print))
    print(_line(taken))
    if not taken.secrets:
        print(
            "Without secrets: this command has none."
            if not secrets
            else "Without secrets: LAPOR_BACKUP_RECIPIENT is not set (`lapor backup key`).",
            "What is encrypted in it nobody opens without them.",
        )


@app.command("list")
def list_() -> None:
    """Show the complete backups, oldest first, and the moments that can be restored."""
    from deploy.backup.postgres import missing_segments, segments

    folder = _folder()
    backups = folder.backups()
    for each in backups:
        print(_line(each))
    if not backups:
        print(f"None in {folder.path}.")
    elif not segments(folder.wal):
        print("The log was not kept (`lapor backup keep`): to these instants only.")
    elif missing_segments(folder.wal, backups[0].first_segment):
        print("The log has gaps since the first: `lapor backup verify` says where.")
    else:
        print(f"And to any moment since {backups[0].ended:%Y-%m-%d %H:%M:%S} UTC.")


@app.command()
def verify(backup_id: Id = "") -> None:
    """Check that a backup is complete, byte by byte, with its log and its streams.

    Only `lapor restore` into an empty folder shows that it can be restored: do it each month.
    """
    from deploy.backup.verify import problems

    folder = _folder()
    backup = _chosen(folder, backup_id)
    wrong = list(problems(folder, backup))
    if wrong:
        raise StackError("\n".join([f"{backup.id} is not whole.", *wrong]))
    print(f"{backup.id} is whole.")


@app.command()
def keep() -> None:
    """Keep backups until Ctrl-C: Postgres's log as it is written, streams and files every five
    minutes, a whole backup each LAPOR_BACKUP_EVERY_HOURS (24), all of it for
    LAPOR_BACKUP_KEEP_DAYS (14)."""
    import os

    from deploy.credentials import environment, load_or_create
    from deploy.local.postgres import BACKUP
    from deploy.local.processes import KEEPER
    from shared.settings import Addresses

    addresses = Addresses()
    if "LAPOR_DATABASE_URL" not in os.environ and (addresses.data_dir / "secrets.env").exists():
        known = load_or_create(addresses.data_dir)
        os.environ |= environment(addresses, known, BACKUP, KEEPER.name)
    from deploy.backup.keep import run

    run()


@app.command()
def secrets() -> None:
    """Seal the secrets that this command sees into LAPOR_BACKUP_DIR, for LAPOR_BACKUP_RECIPIENT.

    Use it in production after each change of a key, because the process `backup` has no secrets.
    """
    from deploy.backup.folder import BackupFolder, new_id
    from deploy.backup.sealing import seal, secrets_at_hand
    from shared.settings import Settings

    settings = Settings()
    content = secrets_at_hand(settings)
    if not content:
        raise StackError("There are no secrets in the environment, and no stack on this machine.")
    path = BackupFolder.at(settings.backup_dir).secrets / f"{new_id()}.age"
    path.write_bytes(seal(content, settings.backup_recipient))
    names = [line.split("=")[0] for line in content.decode().splitlines()]
    print(f"{path} has {', '.join(names)}.")


@app.command()
def key() -> None:
    """Make a pair of keys and print it. Nothing is stored: keep the first line on another
    machine."""
    from deploy.backup.sealing import new_key

    opens, seals = new_key()
    typer.echo("Opens the secrets in backups. For your vault, and on no server:", err=True)
    print(opens)
    typer.echo("For the environment of `lapor backup`:", err=True)
    print(f"LAPOR_BACKUP_RECIPIENT={seals}")


def _folder() -> "BackupFolder":
    from deploy.backup.folder import BackupFolder
    from shared.settings import Addresses

    path = Addresses().backup_dir
    if not path.is_dir():
        raise StackError(f"There is no {path}: set LAPOR_BACKUP_DIR, or take a backup first.")
    return BackupFolder(path)


def _chosen(folder: "BackupFolder", backup_id: str) -> "Backup":
    chosen = [each for each in folder.backups() if backup_id in ("", each.id)]
    if not chosen:
        raise StackError(f"There is no backup {backup_id} in {folder.path}.")
    return chosen[-1]


def _line(backup: "Backup") -> str:
    seconds = (backup.ended - backup.began).total_seconds()
    return (
        f"{backup.id}  {backup.ended:%Y-%m-%d %H:%M:%S} UTC  {_megabytes(backup.bytes)} in"
        f" {seconds:.0f} s, {backup.attachments:,} attachments"
        f" ({_megabytes(backup.attachment_bytes)}), {'with' if backup.secrets else 'no'} secrets"
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
