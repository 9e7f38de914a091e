"""Parts of long SMS: kept encrypted until all are there or the waiting is over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.sms.messages import SmsMessage, SmsPart, join
from shared.clock import now
from shared.identity import BlindIndex, IdentityCipher

PATIENCE = timedelta(minutes=5)
"""How long the other parts are waited for; then there is a report with a gap."""
BURST = timedelta(seconds=30)
"""Within which the gateway has the parts of one message from the phone."""


@dataclass(frozen=True)
class WholeSms:
    """A message as one text. `key` names it among all messages, and `message` its parts."""

    key: str
    sender: str
    text: str
    message: UUID | None = None


@dataclass(frozen=True)
class KnownPart:
    """A part that came before: `number` is its report, None while others are waited for."""

    number: int | None
    same: bool
    """Whether it said the same: a gateway asks again, or gives an id to two messages."""


class SmsParts:
    """The table of waiting parts, within the caller's transaction.

    A part is known by its sender and the gateway's id. What was kept is never replaced: a part
    that contradicts a message begins another.
    """

    def __init__(self, session: AsyncSession, cipher: IdentityCipher, index: BlindIndex) -> None:
        self._session = session
        self._cipher = cipher
        self._index = index

    def key(self, message: SmsMessage) -> str:
        """The sender and the gateway's id, in one value that names neither."""
        return self._index.other("sms", f"{message.sender} {message.id}").hex()

    async def known(self, message: SmsMessage) -> KnownPart | None:
        """What is known of this sender's part of this id. Locks the sender: parts that arrive at
        once must see each other."""
        name = {"sender_index": self._index.phone(message.sender)}
        await self._session.execute(_LOCK, {"name": name["sender_index"].hex()})
        row = (await self._session.execute(_KNOWN, name | {"id": message.id})).one_or_none()
        if row is None:
            return None
        return KnownPart(row.number, row.digest in (None, self._digest(message)))

    async def add(self, message: SmsMessage, part: SmsPart) -> WholeSms | None:
        """Keep one part that is not known; gives the whole message once no part is missing."""
        reference = f"{part.ref}/{part.total}"
        named = {"sender_index": self._index.phone(message.sender), "reference": reference}
        rows = (await self._session.execute(_WAITING, named)).all()
        where = self._message_of(message, part, rows)
        new = {
            "message": where,
            "part": part.part,
            "total": part.total,
            "gateway_id": message.id,
            "digest": self._digest(message),
            "words": self._cipher.encrypt(message.model_dump_json(by_alias=True)),
            "sent_at": message.received_at,
            "at": now(),
        }
        await self._session.execute(_KEEP, named | new)
        there = {row.part for row in rows if row.message == where} | {part.part}
        return await self.whole(where) if len(there) == part.total else None

    async def stale(self, before: datetime, limit: int) -> Sequence[UUID]:
        """Messages whose first part came before then, oldest first."""
        found = await self._session.execute(_STALE, {"before": before, "limit": limit})
        return found.scalars().all()

    async def whole(self, message: UUID) -> WholeSms | None:
        """What waits of a message, with gaps where parts are missing. None where nothing does:
        another process, or the last part, was faster."""
        rows: Sequence[Any] = (await self._session.execute(_PARTS, {"message": message})).all()
        if not rows:
            return None
        parts = [
            SmsMessage.model_validate_json(self._cipher.decrypt(bytes(row.words))) for row in rows
        ]
        return WholeSms(f"parts {message}", parts[0].sender, join(parts).text, message)

    async def joined(self, message: UUID, number: int) -> None:
        """The message is a report: its words go, its gateway ids stay for repeats."""
        await self._session.execute(_JOINED, {"message": message, "number": number})

    async def set_aside(self, message: UUID, reason: str) -> None:
        """It can be no report: its words stay, for `lapor sms`."""
        await self._session.execute(_SET_ASIDE, {"message": message, "reason": reason})

    async def forget_old(self, before: datetime) -> None:
        await self._session.execute(_FORGET_OLD, {"before": before})

    def _message_of(self, message: SmsMessage, part: SmsPart, rows: Sequence[Any]) -> UUID:
        """The waiting message that this part belongs to, else a new one.

        Where phones use a reference again while a message waits, a part could belong to several:
        it goes to the one it was sent together with, if that is one only. Nothing is guessed.
        """
        digest = self._digest(message)
        for row in rows:
            if row.part == part.part and bytes(row.digest or b"") == digest:
                return UUID(str(row.message))  # the same words under another id
        taken = {row.message for row in rows if row.part == part.part}
        open_to_it = [row for row in rows if row.message not in taken]
        candidates = {row.message for row in open_to_it}
        if len({row.message for row in rows}) > 1:
            candidates = {
                row.message for row in open_to_it if abs(row.sent_at - message.received_at) <= BURST
            }
        return UUID(str(candidates.pop())) if len(candidates) == 1 else uuid4()

    def _digest(self, message: SmsMessage) -> bytes:
        """Keyed: words of a few characters could be guessed otherwise."""
        said = f"{message.concat} {message.text}"
        return hashlib.sha256(self._index.other("sms words", said)).digest()


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('sms ' || :name, 0))")
_KNOWN = text(
    "SELECT number, digest FROM intake.sms_part"
    " WHERE sender_index = :sender_index AND gateway_id = :id"
)
_WAITING = text(
    "SELECT message, part, digest, sent_at FROM intake.sms_part"
    " WHERE sender_index = :sender_index AND reference = :reference"
    " AND number IS NULL AND set_aside IS NULL"
)
_KEEP = text(
    "INSERT INTO intake.sms_part (sender_index, gateway_id, reference, message, part, total,"
    " digest, words, sent_at, received_at)"
    " VALUES (:sender_index, :gateway_id, :reference, :message, :part, :total,"
    " :digest, :words, :sent_at, :at)"
)
_STALE = text(
    "SELECT message FROM intake.sms_part WHERE number IS NULL AND set_aside IS NULL"
    " GROUP BY message HAVING min(received_at) < :before ORDER BY min(received_at) LIMIT :limit"
)
_PARTS = text(
    "SELECT words FROM intake.sms_part WHERE message = :message AND number IS NULL"
    " AND set_aside IS NULL ORDER BY part, received_at FOR UPDATE"
)
_JOINED = text(
    "UPDATE intake.sms_part SET number = :number, words = NULL, set_aside = NULL"
    " WHERE message = :message"
)
_SET_ASIDE = text("UPDATE intake.sms_part SET set_aside = :reason WHERE message = :message")
_FORGET_OLD = text("DELETE FROM intake.sms_part WHERE number IS NOT NULL AND received_at < :before")
