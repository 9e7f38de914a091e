"""Answers that do not end by themselves: they end when the process is told to stop."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import TypeVar

from anyio import CancelScope

T = TypeVar("T")


async def until_stopping(
    stopping: asyncio.Event, pieces: AsyncGenerator[T, None]
) -> AsyncIterator[T]:
    """The pieces as they come, until there are no more or the event is set. Without it, each open
    stream would keep a process that stops waiting for its ten seconds. However it ends, so do the
    pieces."""
    stop = asyncio.ensure_future(stopping.wait())
    piece: asyncio.Future[T] | None = None
    async with aclosing(pieces):
        try:
            while True:
                piece = asyncio.ensure_future(anext(pieces))
                await asyncio.wait({piece, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not piece.done():
                    return
                try:
                    taken = piece.result()
                except StopAsyncIteration:
                    return
                yield taken
        finally:
            stop.cancel()
            if piece is not None and not piece.done():
                # Told to end a second time while it closes its connection, it would leave it open.
                with CancelScope(shield=True), suppress(asyncio.CancelledError, StopAsyncIteration):
                    piece.cancel()
                    await piece
