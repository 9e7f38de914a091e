"""Inspects an upload: reads it up to the limit, identifies and cleans it in the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.attachments.rejection import MAX_SIZE, AttachmentRejected
from shared.attachments.sandbox import OPENING, PICTURES, Limits, Sandbox, workspace

OPEN_FILE = "shared.attachments.opening:open_file"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be stored.

    Size (bytes) and hash are those of the cleaned file at `path`, which exists until the end of the
    block.
    """

    media_type: str
    size: int
    sha256: str
    path: Path


@asynccontextmanager
async def inspect(sandbox: Sandbox, upload: AsyncIterator[bytes]) -> AsyncIterator[Inspected]:
    """Write the upload to disk, at most 10 MB, identify it by content and remove metadata.

    Raises `AttachmentRejected` and `SandboxBusy`.
    """
    with workspace() as folder:
        source, target = folder / "source", folder / "target"
        await receive(upload, source)
        opened = await sandbox.run(OPEN_FILE, source, target, memory=room(OPENING))
        if "memory" in opened:
            if opened["memory"] > room(PICTURES):
                raise AttachmentRejected("too_many_pixels", "more than fits into memory")
            opened = await sandbox.run(
                OPEN_FILE, source, target, limits=PICTURES, memory=room(PICTURES)
            )
        yield Inspected(**opened, path=target)


async def receive(upload: AsyncIterator[bytes], source: Path) -> None:
    """Write the upload to the file. Raises `AttachmentRejected` (`too_large`, `empty`)."""
    size = 0
    with source.open("wb") as file:
        async for chunk in upload:
            size += len(chunk)
            if size > MAX_SIZE:
                raise AttachmentRejected("too_large", f"more than {MAX_SIZE} bytes")
            await asyncio.to_thread(file.write, chunk)
    if not size:
        raise AttachmentRejected("empty", "no bytes")


def room(limits: Limits) -> int:
    """The bytes for the picture itself, after those for the interpreter, the libraries and the
    file."""
    return limits.memory - 64 * 1024 * 1024
