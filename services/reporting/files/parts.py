"""What a download has written so far, in parts that outlive the process that writes them.

A part is kept once it is whole, so that whoever goes on with a download begins where it stood. A
process that is taken for dead may still write beside the one that took its place, from another
snapshot: no part is written over, and none but one's own is put together with one's own.
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
"""Rows of a part, but the last: some four MB of a workbook, of which one is in memory."""
_QUICK = 1


class Part(BaseModel):
    """What is known of a part without reading its rows. `layout` is that of its columns, `last`
    the place of its last row in the order of all, `figures` what its rows add up to."""

    model_config = ConfigDict(frozen=True)

    layout: str
    rows: int
    last: list[Any]
    read_at: datetime
    figures: dict[str, list[tuple[Any, int]]]


class AnotherWriter(Exception):
    """Another process writes this download too. Begun anew, it goes on after what is there."""


class Parts:
    """The parts of one download, by the address of their folder."""

    def __init__(self, url: str) -> None:
        local = url.startswith("file:")
        self._store = from_url(url, mkdir=True) if local else from_url(url)
        self.known: list[Part] = []

    def find(self, layout: str) -> list[Part]:
        """Those that are there, in order; none of them where the columns have changed."""
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
        """Keep one more: durable when this returns, whole or not at all. Raises AnotherWriter."""
        head = part.model_dump_json().encode()
        body = zlib.compress(content, _QUICK)
        name = _name(len(self.known))
        try:
            obstore.put(self._store, name, b"%b\n%b" % (head, body), mode="create")
        except AlreadyExistsError:
            raise AnotherWriter(name) from None
        self.known.append(part)

    def contents(self) -> Iterator[bytes]:
        """The rows of each part, in order. Raises AnotherWriter."""
        for index, known in enumerate(self.known):
            part, rows = self._stored(_name(index))
            if part != known:
                raise AnotherWriter(_name(index))
            yield zlib.decompress(rows)

    def _stored(self, name: str) -> tuple[Part, bytes]:
        """What is known of a part, and its rows, compressed."""
        head, _, rows = bytes(obstore.get(self._store, name).bytes()).partition(b"\n")
        return Part.model_validate_json(head), rows


def _name(index: int) -> str:
    return f"{index:06}"
