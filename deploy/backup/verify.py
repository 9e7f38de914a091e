"""Checks whether a backup is complete. Only a restore shows that it can be restored."""

from collections.abc import Iterator

from deploy.backup.folder import Backup, BackupFolder
from deploy.backup.postgres import check_base, missing_segments
from deploy.backup.streams import check_stream
from deploy.errors import StackError


def problems(folder: BackupFolder, backup: Backup) -> Iterator[str]:
    """Yield, in words, what is wrong with a backup, its log and the later copies of the streams."""
    try:
        check_base(folder.postgres_of(backup))
    except StackError as error:
        yield str(error)
    missing = missing_segments(folder.wal, backup.first_segment)
    if missing:
        yield (
            f"{len(missing)} files of the log are missing, the first is {missing[0]}: only moments"
            " before it can be restored."
        )
    if backup.secrets and not (folder.secrets / f"{backup.id}.age").exists():
        yield f"Its secrets are not in {folder.secrets}."
    for copy in folder.copies():
        if copy.id < backup.id:
            continue
        for stream in copy.streams:
            try:
                check_stream(folder.streams / copy.id, stream)
            except (StackError, FileNotFoundError) as error:
                yield str(error)
