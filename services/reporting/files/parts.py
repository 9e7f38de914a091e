"""What a download has written so far, in parts that outlive the process that writes them.

A part is kept once it is whole, so that whoever goes on with a download begins where it stood.
"""

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import obstore
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


class Parts:
    """The parts of one download, by the address of their folder."""

    def __init__(self, url: str) -> None:
        local = url.startswith("file:")
        self._store = from_url(url, mkdir=True) if local else from_url(url)
        self.known: list[Part] = []

    def find(self, layout: str) -> list[Part]:
        """Those that are there, in order; none of them where the columns have changed."""
        names = sorted(entry["path"] for entries in obstore.list(self._store) for entry in entries)
        parts = [self._part(name) for name in names]
        if names != [_name(index) for index in range(len(names))] or any(
            part.layout != layout for part in parts
        ):
            for name in names:
                obstore.delete(self._store, name)
            parts = []
        self.known = parts
        return parts

    def add(self, part: Part, content: bytes) -> None:
        """Keep one more: durable when this returns, whole or not at all."""
        head = part.model_dump_json().encode()
        body = zlib.compress(content, _QUICK)
        obstore.put(self._store, _name(len(self.known)), b"%b\n%b" % (head, body))
        self.known.append(part)

    def contents(self) -> Iterator[bytes]:
        """The rows of each part, in order."""
        for index in range(len(self.known)):
            yield zlib.decompress(self._whole(_name(index)).partition(b"\n")[2])

    def _part(self, name: str) -> Part:
        return Part.model_validate_json(self._whole(name).partition(b"\n")[0])

    def _whole(self, name: str) -> bytes:
        return bytes(obstore.get(self._store, name).bytes())


def _name(index: int) -> str:
    return f"{index:06}"
