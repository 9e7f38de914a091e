"""`lapor restore`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.errors import StackError

if TYPE_CHECKING:
    from deploy.restoring import Restored


def restore(
    folder: Annotated[
        Path, typer.Argument(help="An empty folder, or one that does not exist yet.")
    ],
    to: Annotated[
        str,
        typer.Option(
            help="Such as `2026-11-29T13:20:00+07:00`; by default everything is restored."
        ),
    ] = "",
    key: Annotated[
        Path | None, typer.Option(help="The file with the AGE-SECRET-KEY-… of `lapor backup key`.")
    ] = None,
    without_secrets: Annotated[
        bool, typer.Option(help="Restore neither the secrets nor the streams, which need them.")
    ] = False,
) -> None:
    """Restore the backup in LAPOR_BACKUP_DIR into an empty folder, as everything was at a moment.

    Afterwards, `LAPOR_DATA_DIR=FOLDER lapor up` runs from it. The former data is not changed. Shows
    what is known to have happened after the moment: these steps of reports are lost.
    """
    from deploy.backup.folder import BackupFolder
    from deploy.backup.restore import restore as put_back
    from shared.settings import Addresses

    if (key is None) is not without_secrets:
        raise StackError(
            "Give --key, the file that opens the secrets, or --without-secrets: then put"
            " secrets.env into the folder before anything starts there."
        )
    source = Addresses().backup_dir
    if not source.is_dir():
        raise StackError(f"There is no {source}: set LAPOR_BACKUP_DIR.")
    moment = _moment(to) if to else None
    began = datetime.now(UTC)
    restored = asyncio.run(put_back(BackupFolder(source), folder.resolve(), moment, key, print))
    seconds = (datetime.now(UTC) - began).total_seconds()
    until = restored.until or restored.backup.ended
    print(f"Restored in {seconds:.0f} s: all until {until:%Y-%m-%d %H:%M:%S} UTC,")
    print(f"and {restored.attachments:,} attachments. It runs by LAPOR_DATA_DIR={folder} lapor up.")
    if restored.afterwards is not None:
        show_afterwards(restored.afterwards)


def show_afterwards(restored: "Restored") -> None:
    """Print what is known of the lost time."""
    print(f"The next report gets number {restored.next_number}.")
    print(f"{len(restored.lost)} reports are known elsewhere and are not in this database:")
    print(f"  {', '.join(map(str, restored.lost)) or 'none'}")
    print(f"{len(restored.renewed)} reports have lost steps and go on from what was restored:")
    print(f"  {', '.join(map(str, restored.renewed)) or 'none'}")
    print(f"{len(restored.republished)} reports' last steps were in no stream, and are told again.")
    for step in restored.steps:
        partner = f" of partner {step.system}" if step.system else ""
        print(f"  {step.at:%Y-%m-%d %H:%M:%S} UTC  {step.number}{partner}: {step.event}")


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise StackError(f"{value} is no moment: 2026-11-29T13:20:00+07:00 is one.") from None
    if moment.tzinfo is None:
        raise StackError(f"{value} says no zone: +07:00 for WIB, Z for UTC.")
    return moment
