"""Messages nobody could handle: kept encrypted in Postgres, listed, shown and put back."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
from nats.aio.msg import Msg
from nats.js.api import Header
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    LargeBinary,
    UniqueConstraint,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from shared.bus import cloudevents
from shared.bus.connection import Bus
from shared.bus.consumer import Bury
from shared.bus.errors import BadMessage
from shared.bus.inbound import system_of
from shared.clock import now
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher

EVENT_TYPE: Final = "id.go.lapor.dead"
LETTERS_A_DAY: Final = 200
BYTES_A_DAY: Final = 4 * 1024 * 1024
"""What is kept of one system within 24 hours; junk without end would fill the database."""
KEPT_FOR: Final = timedelta(days=90)
"""How long one stays that was put back or discarded."""


class DeadLetter(SQLModel, table=True):
    """One message that was given up. Only `body` holds words: the headers and bytes, encrypted."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        # A message that is buried twice (the process died in between) is one dead letter.
        UniqueConstraint("stream", "stream_sequence", "received_at", name="dead_letter_once"),
        Index("dead_letter_open", "received_at", postgresql_where=text("not resolved")),
        Index("dead_letter_of_system", "system", "kept_at"),
        {"schema": "lifecycle"},
    )

    id: uuid.UUID = Field(primary_key=True)
    stream: str
    stream_sequence: int
    subject: str
    system: str | None = None
    msg_id: str | None = None
    reason_code: str
    reason: str
    field: str | None = None
    received_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    """When the stream took the message."""
    kept_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    """When it was given up: the quota counts by this, since a backlog was received long before."""
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """None: the server had already deleted the message when its death was noticed."""
    retried_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    retries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    resolved: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    resolved_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    discarded: str | None = None
    """Why nobody needs it any more, in the words of the person who discarded it."""


class LettersNotKept(SQLModel, table=True):
    """How many dead letters of a system, and how many bytes, were beyond its quota in a day."""

    __tablename__ = "dead_letter_not_kept"
    __table_args__ = ({"schema": "lifecycle"},)

    system: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    letters: int
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))


_LETTERS: Final = SQLModel.metadata.tables["lifecycle.dead_letter"]


@dataclass(frozen=True)
class Remains:
    """A stored message, however one came by it: delivered, or fetched from its stream."""

    stream: str
    stream_sequence: int
    subject: str
    received_at: datetime
    headers: Mapping[str, str]
    body: bytes | None

    @classmethod
    def of(cls, message: Msg) -> "Remains":
        """Of a message delivered by JetStream."""
        meta = message.metadata
        return cls(
            meta.stream,
            meta.sequence.stream,
            message.subject,
            meta.timestamp,
            message.headers or {},
            message.data,
        )


def to_dead_letters(bus: Bus, database: Database, cipher: IdentityCipher, stream: str) -> Bury:
    """For a `Consumer` of our own events, of this stream: what cannot be read is kept, announced,
    and found by operators with `lapor dead-letters`."""

    async def bury(message: Msg, bad: BadMessage) -> None:
        async with database.session() as session:
            letter = await keep(session, cipher, message, bad)
        await announce(bus, letter, stream, bad.code)

    return bury


async def keep(
    session: AsyncSession, cipher: IdentityCipher, message: Msg | Remains, bad: BadMessage
) -> uuid.UUID:
    """Store the dead letter in the caller's transaction. The same message again: the same id.

    Afterwards, committed, call `announce`.
    """
    remains = message if isinstance(message, Remains) else Remains.of(message)
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "stream": remains.stream,
        "stream_sequence": remains.stream_sequence,
        "subject": remains.subject,
        "system": system_of(remains.subject),
        "msg_id": remains.headers.get(Header.MSG_ID.value),
        "reason_code": bad.code,
        "reason": bad.reason,
        "field": bad.field,
        "received_at": remains.received_at,
        "body": None if remains.body is None else _seal(cipher, remains.headers, remains.body),
    }
    statement = insert(_LETTERS).values(values).on_conflict_do_nothing().returning(_LETTERS.c.id)
    kept: uuid.UUID | None = (await session.execute(statement)).scalar_one_or_none()
    if kept is not None:
        return kept
    known = await known_letter(session, remains.stream, remains.stream_sequence)
    if known is None:
        raise LookupError("a dead letter vanished while it was stored")
    return known


async def has_room(session: AsyncSession, system: str, message: Msg) -> bool:
    """Whether the system's quota of this day has room for the message; where not, it is counted
    in the caller's transaction, and only that. One that is kept already has its place."""
    stream, sequence = message.metadata.stream, message.metadata.sequence.stream
    if await known_letter(session, stream, sequence) is not None:
        return True
    size = len(message.data)
    await session.execute(_LOCK, {"system": system})
    used = (await session.execute(_USED, {"system": system})).one()
    sealed = size * 2  # about: encrypted, in base 64
    if used.letters < LETTERS_A_DAY and used.bytes + sealed <= BYTES_A_DAY:
        return True
    await session.execute(_NOT_KEPT, {"system": system, "bytes": size})
    return False


async def discard(session: AsyncSession, letter: DeadLetter, reason: str) -> None:
    """Nobody needs it any more. It stays for `KEPT_FOR`, and can be put back until then."""
    await session.execute(
        update(_LETTERS)
        .where(_LETTERS.c.id == letter.id)
        .values(resolved=True, resolved_at=now(), discarded=reason)
    )


async def forget_resolved(session: AsyncSession, limit: int = 1_000) -> int:
    """Delete what was put back or discarded long ago, at most so many; how many it were."""
    before = {"before": now() - KEPT_FOR, "limit": limit}
    gone = await session.execute(_FORGET, before)
    await session.execute(_FORGET_COUNTS, {"before": before["before"]})
    return len(gone.all())


async def known_letter(session: AsyncSession, stream: str, sequence: int) -> uuid.UUID | None:
    """The id of the latest dead letter made of this message, if there is one."""
    ids = await session.execute(
        select(_LETTERS.c.id)
        .where(_LETTERS.c.stream == stream, _LETTERS.c.stream_sequence == sequence)
        .order_by(_LETTERS.c.received_at.desc())
        .limit(1)
    )
    known: uuid.UUID | None = ids.scalar_one_or_none()
    return known


async def announce(bus: Bus, letter: uuid.UUID, stream: str, code: str) -> None:
    """Tell on `lapor.v1.dead.<stream>` that there is a dead letter: its id and reason code only."""
    event = cloudevents.event(
        EVENT_TYPE,
        "lapor",
        {"id": str(letter), "stream": stream, "reason_code": code},
        id=str(letter),
    )
    headers, body = cloudevents.encode(event)
    await bus.publish(f"lapor.v1.dead.{stream}", body, msg_id=str(letter), headers=headers)


async def unresolved(
    session: AsyncSession, *, limit: int = 100, system: str | None = None
) -> Sequence[DeadLetter]:
    """The dead letters still to be looked at, oldest first; those of one system, if named."""
    of_system = true() if system is None else _LETTERS.c.system == system
    rows = await session.execute(
        select(DeadLetter)
        .where(_LETTERS.c.resolved.is_(False), of_system)
        .order_by(_LETTERS.c.received_at, _LETTERS.c.id)
        .limit(limit)
    )
    return rows.scalars().all()


def read(cipher: IdentityCipher, letter: DeadLetter) -> tuple[dict[str, str], bytes]:
    """Headers and body as they came. `LookupError` when the message itself was lost."""
    if letter.body is None:
        raise LookupError(f"of dead letter {letter.id} only the reason is known")
    sealed = orjson.loads(cipher.decrypt_bytes(letter.body))
    return sealed["headers"], base64.b64decode(sealed["body"])


async def retry(
    session: AsyncSession, cipher: IdentityCipher, bus: Bus, letter: DeadLetter
) -> None:
    """Put the message back on its subject and mark the dead letter resolved.

    The message id gets a suffix, since the stream still knows the old one; a retry repeated
    because its answer was lost has the same suffix. If it dies again, that is a new dead letter.
    """
    headers, body = read(cipher, letter)
    number = letter.retries + 1
    origin = letter.msg_id or (f"{letter.system}-{letter.id}" if letter.system else str(letter.id))
    await bus.publish(letter.subject, body, msg_id=f"{origin}.retry{number}", headers=headers)
    await session.execute(
        update(_LETTERS)
        .where(_LETTERS.c.id == letter.id)
        .values(
            retried_at=now(),
            retries=number,
            resolved=True,
            resolved_at=now(),
        )
    )


def _seal(cipher: IdentityCipher, headers: Mapping[str, str], body: bytes) -> bytes:
    content = {"headers": dict(headers), "body": base64.b64encode(body).decode()}
    return cipher.encrypt_bytes(orjson.dumps(content))


_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('dead letters ' || :system, 0))")
_USED: Final = text(
    "SELECT count(*) AS letters, coalesce(sum(octet_length(body)), 0) AS bytes"
    " FROM lifecycle.dead_letter"
    " WHERE system = :system AND kept_at > clock_timestamp() - interval '24 hours'"
)
_NOT_KEPT: Final = text(
    "INSERT INTO lifecycle.dead_letter_not_kept AS counted (system, day, letters, bytes)"
    " VALUES (:system, (clock_timestamp() AT TIME ZONE 'UTC')::date, 1, :bytes)"
    " ON CONFLICT (system, day) DO UPDATE"
    " SET letters = counted.letters + 1, bytes = counted.bytes + excluded.bytes"
)
_FORGET: Final = text(
    "DELETE FROM lifecycle.dead_letter WHERE id IN ("
    " SELECT id FROM lifecycle.dead_letter WHERE resolved AND resolved_at < :before LIMIT :limit)"
    " RETURNING id"
)
_FORGET_COUNTS: Final = text(
    "DELETE FROM lifecycle.dead_letter_not_kept WHERE day < CAST(:before AS timestamptz)::date"
)
