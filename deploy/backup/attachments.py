"""Attachments in the backup folder: every file of the store, in its present state."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from obstore import get
from obstore.store import ObjectStore, from_url

from shared.attachments.store import PREVIEWS

_GONE: Final = "gone.json"
_PASSING: Final = ("drafts/", PREVIEWS)
"""Files that are not copied: those of unsent forms, which are kept for hours and can be chosen
again, and small pictures, which can be made again."""


@dataclass(frozen=True)
class Copied:
    """The files that the folder has now, and how many of them are new."""

    files: int
    bytes: int
    new: int


def copy_attachments(storage_url: str, folder: Path) -> Copied:
    """Copy new and changed files from the store to the folder. Files that the store no longer has
    are kept until `forget_gone`, because restoring an earlier moment needs them."""
    listed: set[str] = set()
    files = size = new = 0
    store = _store(storage_url)
    for path, bytes_, changed in _listed(store):
        listed.add(path)
        files, size = files + 1, size + bytes_
        target = folder / path
        if not _is(target, bytes_, changed):
            _copy(store, path, target, changed)
            new += 1
    _note_gone(folder, listed)
    return Copied(files, size, new)


def forget_gone(folder: Path, before: datetime) -> int:
    """Delete files that the store has lacked since before this instant, and return their number."""
    gone = _gone(folder)
    old = [path for path, since in gone.items() if since < before]
    for path in old:
        (folder / path).unlink(missing_ok=True)
        del gone[path]
    _write(folder, gone)
    return len(old)


def differs(folder: Path, key: str, sha256: str) -> bool:
    """Return whether the file with this key is missing, or differs from what the database says."""
    path = folder / key[:2] / key
    if not path.exists():
        return True
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != sha256


def kept_files(folder: Path) -> Iterator[str]:
    """Yield the paths of all files in the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _GONE and not path.name.endswith(".new"):
            yield path.relative_to(folder).as_posix()


def _store(storage_url: str) -> ObjectStore:
    if storage_url.startswith("file:"):
        return from_url(storage_url, mkdir=True)
    return from_url(storage_url)


def _listed(store: ObjectStore) -> Iterator[tuple[str, int, datetime]]:
    for page in store.list():
        for meta in page:
            if not meta["path"].startswith(_PASSING):
                yield meta["path"], meta["size"], meta["last_modified"]


def _is(target: Path, size: int, changed: datetime) -> bool:
    try:
        known = target.stat()
    except FileNotFoundError:
        return False
    return known.st_size == size and abs(known.st_mtime - changed.timestamp()) < 0.001


def _copy(store: ObjectStore, path: str, target: Path, changed: datetime) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(target.name + ".new")
    try:
        with new.open("wb") as file:
            for chunk in get(store, path):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:  # deleted after it was listed
        new.unlink(missing_ok=True)
        return
    os.utime(new, (changed.timestamp(), changed.timestamp()))
    new.rename(target)


def _note_gone(folder: Path, listed: set[str]) -> None:
    known, now = _gone(folder), datetime.now(UTC)
    _write(folder, {p: known.get(p, now) for p in kept_files(folder) if p not in listed})


def _gone(folder: Path) -> dict[str, datetime]:
    path = folder / _GONE
    if not path.exists():
        return {}
    return {name: datetime.fromisoformat(at) for name, at in json.loads(path.read_text()).items()}


def _write(folder: Path, gone: dict[str, datetime]) -> None:
    new = folder / f"{_GONE}.new"
    new.write_text(json.dumps({name: at.isoformat() for name, at in gone.items()}))
    new.rename(folder / _GONE)
