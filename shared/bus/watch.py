"""Watches the server's advisories, so that a message that the server gives up is noticed."""

import logging
from typing import Any

import orjson
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, message_by_message
from shared.bus.dead_letters import Remains, announce, keep, known_letter
from shared.bus.errors import NOT_KEPT, BadMessage
from shared.bus.streams import ADVISORIES, PARTNERS, STREAMS, WATCH
from shared.clock import now
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher

log = logging.getLogger(__name__)


class Watch:
    """Makes a dead letter of every message that the server reports as ended or delivered too often.

    A message that its reader has buried is known already and stays one dead letter. A message that
    was delivered too often is removed from its work queue, where it would stay for ever.
    """

    def __init__(self, bus: Bus, database: Database, cipher: IdentityCipher) -> None:
        self._bus = bus
        self._database = database
        self._cipher = cipher
        self._consumer = Consumer(
            bus, WATCH, message_by_message(self._notice, 4), _unreadable, lanes=1
        )

    async def run(self) -> None:
        """Run until `stop`."""
        await self._consumer.run()

    def stop(self) -> None:
        """Stop after the messages under way."""
        self._consumer.stop()

    async def _notice(self, message: Msg) -> None:
        advisory = orjson.loads(message.data)
        stream, sequence = str(advisory["stream"]), int(advisory["stream_seq"])
        if stream not in _OURS or advisory.get("reason") == NOT_KEPT:
            return
        async with self._database.session() as session:
            known = await known_letter(session, stream, sequence) is not None
        if not known:
            await self._bury(stream, sequence, advisory)
        if ".MAX_DELIVERIES." in message.subject and stream in _QUEUES:
            await self._take_out(stream, sequence)

    async def _bury(self, stream: str, sequence: int, advisory: dict[str, Any]) -> None:
        code = str(advisory.get("reason") or "max_deliveries").split(" ")[0][:64]
        reason = f"given up by {advisory['consumer']} after {advisory['deliveries']} deliveries"
        async with self._database.session() as session:
            letter = await keep(
                session,
                self._cipher,
                await self._remains(stream, sequence),
                BadMessage(code, reason),
            )
        await announce(self._bus, letter, stream, code)
        log.error("message %d of %s died: %s", sequence, stream, code)

    async def _remains(self, stream: str, sequence: int) -> Remains:
        try:
            stored = await self._bus.js.get_msg(stream, sequence)
        except NotFoundError:
            return Remains(stream, sequence, "", now(), {}, None)
        return Remains(
            stream,
            sequence,
            stored.subject or "",
            stored.time or now(),
            stored.headers or {},
            stored.data or b"",
        )

    async def _take_out(self, stream: str, sequence: int) -> None:
        try:
            await self._bus.js.delete_msg(stream, sequence)
        except NotFoundError:
            log.info("message %d of %s is gone already", sequence, stream)


# Partners' handling of their own receipts, and ours of advisories, loses no message of ours.
_OURS = {s.name for s in STREAMS} - {PARTNERS.name, ADVISORIES.name}
_QUEUES = {s.name for s in STREAMS if s.work_queue}


async def _unreadable(message: Msg, bad: BadMessage) -> None:
    log.error("an advisory could not be handled: %s", bad.code)
