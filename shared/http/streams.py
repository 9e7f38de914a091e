"""Endless answers: they end when the process is told to stop."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import TypeVar

from anyio import CancelScope

T = TypeVar("T")


async def until_stopping(
    stopping: asyncio.Event, pieces: AsyncGenerator[T, None]
) -> AsyncIterator[T]:
    """The pieces as they come, until there are no more or the event is set.

    Otherwise each open stream would delay the end of the process by its ten seconds. In any case
    the pieces are closed too.
    """
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
                # Without the shield a second cancellation during the closing would leave its
                # connection open.
                with CancelScope(shield=True), suppress(asyncio.CancelledError, StopAsyncIteration):
                    piece.cancel()
                    await piece
