"""Joins the parts of long SMS. Parts are kept encrypted until all have arrived or the waiting time
is over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.models import SmsPart as KeptPart
from services.intake.sms.messages import SmsMessage, SmsPart, join
from shared.clock import now
from shared.privacy.identity import BlindIndex, IdentityCipher

PATIENCE = timedelta(minutes=5)
"""How long missing parts are waited for; then the report is made with a gap."""
NO_REPORT = 0
"""Used instead of a report's number: the parts were joined, but did not become a report."""
BURST = timedelta(seconds=30)
"""The gateway receives the parts of one message from the phone within this time."""


@dataclass(frozen=True)
class WholeSms:
    """A message as one text. `key` identifies it among all messages. For a message in parts,
    `message` identifies them, `gateway_ids` are the parts in the text, and `complete` says whether
    none is missing."""

    key: str
    sender: str
    text: str
    message: UUID | None = None
    gateway_ids: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class KnownPart:
    """A part that arrived before. `number` is its report, or None while the message waits."""

    number: int | None
    message: UUID
    same: bool
    """Whether it has the same words: the gateway sent it again. Otherwise it used an id for two
    messages."""


class SmsParts:
    """The table of waiting parts, used within the caller's transaction.

    A part is identified by its sender and the gateway's id. A stored part is never replaced: a part
    that contradicts a message begins another one.
    """

    def __init__(self, session: AsyncSession, cipher: IdentityCipher, index: BlindIndex) -> None:
        self._session = session
        self._cipher = cipher
        self._index = index

    def key(self, message: SmsMessage) -> str:
        """A key made from the sender and the gateway's id that reveals neither."""
        return self._index.other("sms", f"{message.sender} {message.id}").hex()

    async def lock(self, phone: str) -> None:
        """Lock this sender until the transaction ends. So parts that arrive at the same time see
        each other. Call it before rows are locked."""
        await self._session.execute(select(_lock(self._index.phone(phone))))

    async def known(self, message: SmsMessage) -> KnownPart | None:
        """The stored part with this sender and id, if there is one. Locks the sender."""
        await self.lock(message.sender)
        sender = self._index.phone(message.sender)
        row = await self._session.get(KeptPart, (sender, message.id), populate_existing=True)
        if row is None:
            return None
        return KnownPart(row.number, row.message, row.digest in (None, self.digest(message)))

    async def add(self, message: SmsMessage, part: SmsPart) -> WholeSms | None:
        """Store a new part. Returns the whole message once no part is missing."""
        reference = f"{part.ref}/{part.total}"
        sender = self._index.phone(message.sender)
        of_sender = col(KeptPart.sender_index) == sender, col(KeptPart.reference) == reference
        rows = (await self._session.scalars(select(KeptPart).where(*of_sender, *_WAITS))).all()
        where = self._message_of(message, part, rows)
        self._session.add(
            KeptPart(
                sender_index=sender,
                reference=reference,
                message=where,
                part=part.part,
                total=part.total,
                gateway_id=message.id,
                digest=self.digest(message),
                words=self._cipher.encrypt(message.model_dump_json(by_alias=True)),
                sent_at=message.received_at,
                received_at=now(),
            )
        )
        await self._session.flush()
        there = {row.part for row in rows if row.message == where} | {part.part}
        return await self.whole(where) if len(there) == part.total else None

    async def stale(self, before: datetime, limit: int) -> Sequence[UUID]:
        """Messages whose first part arrived before this time, oldest first."""
        message, first = col(KeptPart.message), func.min(col(KeptPart.received_at))
        waiting = select(message).where(*_WAITS).group_by(message).having(first < before)
        return (await self._session.scalars(waiting.order_by(first).limit(limit))).all()

    async def whole(self, message: UUID) -> WholeSms | None:
        """The waiting parts of a message as one text, with gaps for missing parts. None if no parts
        wait, as another process or the last part was faster."""
        sealed = await self._session.scalars(
            select(col(KeptPart.words))
            .where(col(KeptPart.message) == message, *_WAITS)
            .order_by(col(KeptPart.part), col(KeptPart.received_at))
            .with_for_update()
        )
        parts = [
            SmsMessage.model_validate_json(self._cipher.decrypt(words)) for words in sealed if words
        ]
        if not parts:
            return None
        sender, joined, ids = parts[0].sender, join(parts), tuple(part.id for part in parts)
        return WholeSms(of_parts(message), sender, joined.text, message, ids, joined.complete)

    async def joined(self, whole: WholeSms, number: int) -> None:
        """Record that the message became a report, or was about one (`NO_REPORT`). Its words are
        deleted, its gateway ids stay to recognise repeats. A part that arrived too late waits as a
        message of its own."""
        if whole.message is not None:
            taken = col(KeptPart.gateway_id).in_(whole.gateway_ids), *_WAITS
            await self._change(whole.message, *taken, number=number, words=None)

    async def set_aside(self, message: UUID, reason: str) -> None:
        """Record that it cannot become a report; its words stay, for `lapor sms`."""
        await self._change(message, *_WAITS, set_aside=reason)

    async def put_off(self, message: UUID) -> None:
        """Let the message wait again, so that others come first."""
        await self._change(message, *_WAITS, received_at=now())

    async def forget_old(self, before: datetime) -> None:
        old = col(KeptPart.number).is_not(None), col(KeptPart.received_at) < before
        await self._session.execute(delete(KeptPart).where(*old))

    async def _change(self, message: UUID, *conditions: ColumnElement[bool], **values: Any) -> None:
        parts = update(KeptPart).where(col(KeptPart.message) == message, *conditions)
        await self._session.execute(parts.values(values))

    def _message_of(self, message: SmsMessage, part: SmsPart, rows: Sequence[KeptPart]) -> UUID:
        """The waiting message that this part belongs to, otherwise a new one.

        If a phone uses a reference again while a message waits, the part may belong to several
        messages. It goes to the one that was sent at the same time, if there is exactly one;
        nothing is guessed.
        """
        digest = self.digest(message)
        for row in rows:
            if row.part == part.part and row.digest == digest:
                return row.message  # the same words with another id
        taken = {row.message for row in rows if row.part == part.part}
        open_to_it = [row for row in rows if row.message not in taken]
        candidates = {row.message for row in open_to_it}
        if len({row.message for row in rows}) > 1:
            candidates = {
                row.message for row in open_to_it if abs(row.sent_at - message.received_at) <= BURST
            }
        return candidates.pop() if len(candidates) == 1 else uuid4()

    def digest(self, message: SmsMessage) -> bytes:
        """A keyed digest of the words, as a plain hash of few characters could be guessed."""
        content = f"{message.concat} {message.text}"
        return hashlib.sha256(self._index.other("sms words", content)).digest()


def of_parts(message: UUID) -> str:
    """The key of a message that came in parts."""
    return f"parts {message}"


def _lock(sender: bytes) -> ColumnElement[None]:
    return func.pg_advisory_xact_lock(func.hashtextextended(f"sms {sender.hex()}", 0))


_WAITS = col(KeptPart.number).is_(None), col(KeptPart.set_aside).is_(None)
