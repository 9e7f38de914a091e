"""Parts of long SMS: kept encrypted until all are there or the waiting is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.sms.messages import SmsMessage, SmsPart, join
from shared.identity import BlindIndex, IdentityCipher

PATIENCE = timedelta(minutes=5)
"""How long the other parts are waited for; then there is a report with a gap."""


@dataclass(frozen=True)
class Group:
    """The parts of one long message that are here: its sender's, by the phone's reference."""

    sender_index: bytes
    reference: str


@dataclass(frozen=True)
class WholeSms:
    """A message as one text. `key` is the gateway's id of its first part."""

    key: str
    sender: str
    text: str
    group: Group | None = None


class SmsParts:
    """The table of waiting parts, within the caller's transaction."""

    def __init__(self, session: AsyncSession, cipher: IdentityCipher, index: BlindIndex) -> None:
        self._session = session
        self._cipher = cipher
        self._index = index

    async def report_of(self, gateway_id: str) -> int | None:
        """The report that this part is in already: the gateway asks again."""
        found = await self._session.execute(_REPORT_OF, {"gateway_id": gateway_id})
        number: int | None = found.scalar_one_or_none()
        return number

    async def add(self, message: SmsMessage, part: SmsPart) -> WholeSms | None:
        """Keep one part; gives the whole message once no part is missing."""
        group = Group(self._index.phone(message.sender), f"{part.ref}/{part.total}")
        name = {"sender_index": group.sender_index, "reference": group.reference}
        await self._lock(group)
        # References come around again: what was joined before is another message.
        await self._session.execute(_FORGET_JOINED, name)
        sealed = self._cipher.encrypt(message.model_dump_json(by_alias=True))
        row = {"part": part.part, "total": part.total, "gateway_id": message.id, "words": sealed}
        await self._session.execute(_KEEP, {**name, **row, "at": datetime.now(UTC)})
        parts = await self._waiting(group)
        return _whole(parts, group) if len(parts) == part.total else None

    async def take_stale(self, before: datetime) -> WholeSms | None:
        """One message whose first part came before then, with gaps where parts are missing."""
        row = (await self._session.execute(_STALE, {"before": before})).one_or_none()
        if row is None:
            return None
        group = Group(bytes(row.sender_index), row.reference)
        await self._lock(group)
        parts = await self._waiting(group)
        # Empty: another process, or the last part, was faster.
        return _whole(parts, group) if parts else await self.take_stale(before)

    async def joined(self, group: Group, number: int) -> None:
        """The message is a report: its words go, its gateway ids stay for repeats."""
        name = {"sender_index": group.sender_index, "reference": group.reference}
        await self._session.execute(_JOINED, {**name, "number": number})

    async def forget_old(self, before: datetime) -> None:
        await self._session.execute(_FORGET_OLD, {"before": before})

    async def _lock(self, group: Group) -> None:
        """Two parts that arrive at once must see each other."""
        name = f"{group.sender_index.hex()} {group.reference}"
        await self._session.execute(_LOCK, {"name": name})

    async def _waiting(self, group: Group) -> list[SmsMessage]:
        name = {"sender_index": group.sender_index, "reference": group.reference}
        rows: Sequence[Any] = (await self._session.execute(_WAITING, name)).scalars().all()
        return [SmsMessage.model_validate_json(self._cipher.decrypt(bytes(row))) for row in rows]


def _whole(parts: Sequence[SmsMessage], group: Group) -> WholeSms:
    first = parts[0]
    return WholeSms(first.id, first.sender, join(parts).text, group)


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('sms ' || :name, 0))")
_REPORT_OF = text(
    "SELECT number FROM intake.sms_part WHERE gateway_id = :gateway_id"
    " ORDER BY number DESC NULLS LAST LIMIT 1"
)
_FORGET_JOINED = text(
    "DELETE FROM intake.sms_part WHERE sender_index = :sender_index AND reference = :reference"
    " AND number IS NOT NULL"
)
_KEEP = text(
    "INSERT INTO intake.sms_part"
    " (sender_index, reference, part, total, gateway_id, words, received_at)"
    " VALUES (:sender_index, :reference, :part, :total, :gateway_id, :words, :at)"
    " ON CONFLICT (sender_index, reference, part) DO UPDATE"
    " SET gateway_id = excluded.gateway_id, words = excluded.words"
)
_WAITING = text(
    "SELECT words FROM intake.sms_part WHERE sender_index = :sender_index"
    " AND reference = :reference AND number IS NULL ORDER BY part"
)
_STALE = text(
    "SELECT sender_index, reference FROM intake.sms_part"
    " WHERE number IS NULL AND received_at < :before"
    " ORDER BY received_at LIMIT 1"
)
_JOINED = text(
    "UPDATE intake.sms_part SET number = :number, words = NULL"
    " WHERE sender_index = :sender_index AND reference = :reference"
)
_FORGET_OLD = text("DELETE FROM intake.sms_part WHERE number IS NOT NULL AND received_at < :before")
