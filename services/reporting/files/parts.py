"""The parts of a download's file, which outlive the process that writes them.

A part is stored once it is complete, so that a process that resumes the download can continue after
it. A process that is believed dead may still write, from another snapshot, beside the one that
replaced it. Therefore no part is ever overwritten, and a process only puts its own parts together.
"""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import from_url
from pydantic import BaseModel, ConfigDict

ROWS = 1_000
"""Rows in each part except the last: some 4 MB of a workbook. Only one part is in memory at a
time."""
_QUICK = 1


class Part(BaseModel):
    """The head of a part, known without reading its rows. `layout` identifies its columns, `last`
    is the position of its last row in the order of all rows, and `figures` are the sums of its
    rows."""

    model_config = ConfigDict(frozen=True)

    layout: str
    rows: int
    last: list[Any]
    read_at: datetime
    figures: dict[str, list[tuple[Any, int]]]


class AnotherWriter(Exception):
    """Another process writes this download too. A new attempt continues after the existing
    parts."""


class Parts:
    """The parts of one download, in the folder at this address."""

    def __init__(self, url: str) -> None:
        local = url.startswith("file:")
        self._store = from_url(url, mkdir=True) if local else from_url(url)
        self.known: list[Part] = []

    def find(self, layout: str) -> list[Part]:
        """Return the stored parts, in order. If the columns have changed, the parts are deleted and
        none is returned."""
        names = sorted(entry["path"] for entries in obstore.list(self._store) for entry in entries)
        parts = [self._stored(name)[0] for name in names]
        if names != [_name(index) for index in range(len(names))] or any(
            part.layout != layout for part in parts
        ):
            for name in names:
                obstore.delete(self._store, name)
            parts = []
        self.known = parts
        return parts

    def add(self, part: Part, content: bytes) -> None:
        """Store one more part: durable when this returns, and never half written. Raises
        AnotherWriter."""
        head = part.model_dump_json().encode()
        body = zlib.compress(content, _QUICK)
        name = _name(len(self.known))
        try:
            obstore.put(self._store, name, b"%b\n%b" % (head, body), mode="create")
        except AlreadyExistsError:
            raise AnotherWriter(name) from None
        self.known.append(part)

    def contents(self) -> Iterator[bytes]:
        """Yield the rows of each part, in order. Raises AnotherWriter."""
        for index, known in enumerate(self.known):
            part, rows = self._stored(_name(index))
            if part != known:
                raise AnotherWriter(_name(index))
            yield zlib.decompress(rows)

    def _stored(self, name: str) -> tuple[Part, bytes]:
        """Return the head of a part and its compressed rows."""
        head, _, rows = bytes(obstore.get(self._store, name).bytes()).partition(b"\n")
        return Part.model_validate_json(head), rows


def _name(index: int) -> str:
    return f"{index:06}"
