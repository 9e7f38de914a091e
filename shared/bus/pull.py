"""Pulls messages of a durable consumer: a full batch if there is one, else the next message.

The client's own `fetch` of several messages waits for all of them: it would hold a single message
until its time is over.
"""

import asyncio
import json
from typing import Any, Final

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import Header

from shared.bus.connection import Bus
from shared.bus.streams import Durable

_NANOSECONDS: Final = 1_000_000_000
_ANSWER: Final = 2.0


class Pull:
    """One reader of a consumer, with its own inbox. Make it with `open`."""

    def __init__(self, bus: Bus, durable: Durable) -> None:
        self._bus = bus
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{durable.stream}.{durable.name}"
        self._inbox = bus.nc.new_inbox()
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._subscription: Subscription | None = None

    @classmethod
    async def open(cls, bus: Bus, durable: Durable) -> "Pull":
        """Bind to a consumer that is declared elsewhere."""
        pull = cls(bus, durable)
        # A callback, because the client's `next_msg` makes two tasks for every message.
        pull._subscription = await bus.nc.subscribe(pull._inbox, cb=pull._arrived.put)
        return pull

    async def messages(self, batch: int, wait: float) -> list[Msg]:
        """Up to `batch` messages that are there, else the first that comes within `wait` seconds.

        The list is empty if nothing came, or the server is away or starting.
        """
        await self._ask({"batch": batch, "no_wait": True})
        there = await self._collect(batch, _ANSWER)
        if there:
            return there
        await self._ask({"batch": 1, "expires": int(wait * _NANOSECONDS)})
        return await self._collect(1, wait + 0.5)

    async def close(self) -> None:
        """Close the reader. Messages that arrived meanwhile go to another reader at once.

        Otherwise they would go there only after the ack wait.
        """
        if self._subscription is not None:
            await self._subscription.unsubscribe()
        while not self._arrived.empty():
            message = self._arrived.get_nowait()
            if not _is_status(message):
                await message.nak()

    async def _ask(self, request: dict[str, Any]) -> None:
        await self._bus.nc.publish(self._next, json.dumps(request).encode(), self._inbox)

    async def _collect(self, most: int, timeout: float) -> list[Msg]:
        """Collect messages until the server says that these were all, or sends nothing more."""
        messages: list[Msg] = []
        while len(messages) < most:
            if self._arrived.empty():
                try:
                    message = await asyncio.wait_for(self._arrived.get(), timeout)
                except TimeoutError:
                    break
            else:
                message = self._arrived.get_nowait()
            if _is_status(message):
                break
            messages.append(message)
        return messages


def _is_status(message: Msg) -> bool:
    return not message.data and Header.STATUS.value in (message.headers or {})
