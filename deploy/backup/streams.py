"""Copies of NATS's streams, made with the server's own snapshots. They keep sequence numbers,
times, the ids that detect repeated messages, and how far every consumer has read; rewriting the
messages would lose all four."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any, Final

import orjson
from nats.js.errors import NotFoundError

from deploy.backup.folder import StreamCopy
from deploy.errors import StackError
from shared.bus.connection import Bus
from shared.bus.streams import STREAMS

_CHUNK: Final = 128 * 1024
_PATIENCE: Final = 30.0


async def copy_streams(bus: Bus, folder: Path) -> tuple[StreamCopy, ...]:
    """Copy each of our streams that exists, as `<name>.snapshot` with `<name>.json`. Raises
    StackError."""
    copies: list[StreamCopy] = []
    for stream in STREAMS:
        try:
            await bus.js.stream_info(stream.name)
        except NotFoundError:
            continue
        copies.append(await _copy(bus, stream.name, folder))
    return tuple(copies)


async def restore_streams(bus: Bus, folder: Path, copies: tuple[StreamCopy, ...]) -> None:
    """Restore the streams of a copy. Raises StackError if one of them exists already with messages,
    so that none is overwritten.

    nats-server 2.15 recognises repeats of the last hour's messages only after its next start.
    """
    for copy in copies:
        try:
            present = await bus.js.stream_info(copy.name)
        except NotFoundError:
            continue
        if present.state.messages:
            raise StackError(f"NATS has a stream {copy.name} with messages in it already.")
        await bus.js.delete_stream(copy.name)
    for copy in copies:
        check_stream(folder, copy)
        await _restore(bus, copy.name, folder)


def check_stream(folder: Path, copy: StreamCopy) -> None:
    """Raise StackError unless the file is as it was written."""
    described, path = folder / f"{copy.name}.json", folder / f"{copy.name}.snapshot"
    digest = hashlib.sha256(described.read_bytes())
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != copy.sha256:
        raise StackError(f"{path} is not as it was written.")


async def _copy(bus: Bus, name: str, folder: Path) -> StreamCopy:
    inbox = bus.nc.new_inbox()
    chunks = await bus.nc.subscribe(inbox)
    size = 0
    try:
        asked = {"deliver_subject": inbox, "no_consumers": False, "chunk_size": _CHUNK}
        answer = await _ask(bus, f"$JS.API.STREAM.SNAPSHOT.{name}", orjson.dumps(asked))
        described = orjson.dumps({"config": answer["config"], "state": answer["state"]})
        (folder / f"{name}.json").write_bytes(described)
        digest = hashlib.sha256(described)
        with (folder / f"{name}.snapshot").open("wb") as file:
            while True:
                chunk = await chunks.next_msg(timeout=_PATIENCE)
                if not chunk.data:
                    status = (chunk.headers or {}).get("Status", "204")
                    if status != "204":
                        raise StackError(f"NATS broke off the copy of {name}: {status}.")
                    break
                file.write(chunk.data)
                digest.update(chunk.data)
                size += len(chunk.data)
                if chunk.reply:  # the server sends the next chunk after this
                    await bus.nc.publish(chunk.reply, b"")
    except TimeoutError:
        raise StackError(f"NATS broke off the copy of {name}.") from None
    finally:
        await chunks.unsubscribe()
    messages = int(answer["state"]["messages"])
    return StreamCopy(name=name, messages=messages, bytes=size, sha256=digest.hexdigest())


async def _restore(bus: Bus, name: str, folder: Path) -> None:
    described = (folder / f"{name}.json").read_bytes()
    answer = await _ask(bus, f"$JS.API.STREAM.RESTORE.{name}", described)
    into = str(answer["deliver_subject"])
    with (folder / f"{name}.snapshot").open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            await bus.nc.request(into, chunk, timeout=_PATIENCE)
    await _ask(bus, into, b"")


async def _ask(bus: Bus, subject: str, body: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = orjson.loads(
        (await bus.nc.request(subject, body, timeout=_PATIENCE)).data
    )
    if "error" in answer:
        raise StackError(f"NATS refuses {subject}: {answer['error']['description']}.")
    return answer
