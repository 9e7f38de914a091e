"""Dead letters: messages that could not be handled, stored encrypted in Postgres and announced."""

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson
from nats.aio.msg import Msg
from nats.js.api import Header
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Index,
    LargeBinary,
    UniqueConstraint,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from shared.bus import cloudevents
from shared.bus.connection import Bus
from shared.bus.consumer import Bury
from shared.bus.errors import BadMessage
from shared.bus.inbound import system_of
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher

EVENT_TYPE: Final = "id.go.lapor.dead"
LETTERS_A_DAY: Final = 200
BYTES_A_DAY: Final = 4 * 1024 * 1024
"""The limits of what is kept from one system in 24 hours; otherwise junk could fill the
database."""


class DeadLetter(SQLModel, table=True):
    """A message that was given up. Only `body` holds its words: the headers and bytes,
    encrypted."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        # A message buried twice, because the process died in between, is one dead letter.
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
    """When the stream received the message."""
    kept_at: datetime = Field(
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=text("now()"))
    )
    """When the message was given up. The quota counts by this time, since a backlog was received
    long before."""
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """None if the server had deleted the message before its end was noticed."""
    retried_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    retries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    resolved: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    resolved_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    discarded: str | None = None
    """Why it is not needed any more, in the words of the person who discarded it."""


class LettersNotKept(SQLModel, table=True):
    """How many dead letters of a system, and how many bytes, exceeded its quota on a day."""

    __tablename__ = "dead_letter_not_kept"
    __table_args__ = ({"schema": "lifecycle"},)

    system: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    letters: int
    bytes: int = Field(sa_column=Column(BigInteger, nullable=False))


@dataclass(frozen=True)
class Remains:
    """A stored message, either delivered or fetched from its stream."""

    stream: str
    stream_sequence: int
    subject: str
    received_at: datetime
    headers: Mapping[str, str]
    body: bytes | None

    @classmethod
    def of(cls, message: Msg) -> "Remains":
        """The content of a message that JetStream delivered."""
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
    """Make the `Bury` of a `Consumer` that reads our own events from this stream.

    Unreadable events are kept and announced; operators find them with `lapor dead-letters`.
    """

    async def bury(message: Msg, bad: BadMessage) -> None:
        async with database.session() as session:
            letter = await keep(session, cipher, message, bad)
        await announce(bus, letter, stream, bad.code)

    return bury


async def keep(
    session: AsyncSession, cipher: IdentityCipher, message: Msg | Remains, bad: BadMessage
) -> uuid.UUID:
    """Store the dead letter in the caller's transaction; return its id.

    The same message always has the same id. After the commit, call `announce`.
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
    letter = insert(DeadLetter).values(values).on_conflict_do_nothing()
    ids = await session.execute(letter.returning(col(DeadLetter.id)))
    kept: uuid.UUID | None = ids.scalar_one_or_none()
    if kept is not None:
        return kept
    known = await known_letter(session, remains.stream, remains.stream_sequence)
    if known is None:
        raise LookupError("a dead letter vanished while it was stored")
    return known


async def has_room(session: AsyncSession, system: str, message: Msg) -> bool:
    """Whether the system's quota of this day has room for the message.

    If not, the message is only counted, in the caller's transaction. A message that is already kept
    has room.
    """
    stream, sequence = message.metadata.stream, message.metadata.sequence.stream
    if await known_letter(session, stream, sequence) is not None:
        return True
    await session.execute(select(_one_at_a_time(system)))
    size, at = len(message.data), func.clock_timestamp()
    bodies = func.coalesce(func.sum(func.octet_length(col(DeadLetter.body))), 0)
    kept = select(func.count(), bodies).where(
        col(DeadLetter.system) == system, col(DeadLetter.kept_at) > at - timedelta(days=1)
    )
    letters, used = (await session.execute(kept)).one()
    sealed = size * 2  # about: encrypted, in base 64
    if letters < LETTERS_A_DAY and used + sealed <= BYTES_A_DAY:
        return True
    day = cast(func.timezone("UTC", at), Date)
    beyond = insert(LettersNotKept).values(system=system, day=day, letters=1, bytes=size)
    counts = {
        "letters": col(LettersNotKept.letters) + 1,
        "bytes": col(LettersNotKept.bytes) + beyond.excluded.bytes,
    }
    same_day = [col(LettersNotKept.system), col(LettersNotKept.day)]
    await session.execute(beyond.on_conflict_do_update(index_elements=same_day, set_=counts))
    return False


def _one_at_a_time(system: str) -> ColumnElement[None]:
    """Lock the system, so that two of its messages do not both take the last room of its quota."""
    return func.pg_advisory_xact_lock(func.hashtextextended(f"dead letters {system}", 0))


async def known_letter(session: AsyncSession, stream: str, sequence: int) -> uuid.UUID | None:
    """The id of the latest dead letter made of this message, or None."""
    ids = await session.execute(
        select(col(DeadLetter.id))
        .where(col(DeadLetter.stream) == stream, col(DeadLetter.stream_sequence) == sequence)
        .order_by(col(DeadLetter.received_at).desc())
        .limit(1)
    )
    return ids.scalar_one_or_none()


async def announce(bus: Bus, letter: uuid.UUID, stream: str, code: str) -> None:
    """Announce a dead letter on `lapor.v1.dead.<stream>`, by its id and reason code only."""
    event = cloudevents.event(
        EVENT_TYPE,
        "lapor",
        {"id": str(letter), "stream": stream, "reason_code": code},
        id=str(letter),
    )
    headers, body = cloudevents.encode(event)
    await bus.publish(f"lapor.v1.dead.{stream}", body, msg_id=str(letter), headers=headers)


def _seal(cipher: IdentityCipher, headers: Mapping[str, str], body: bytes) -> bytes:
    content = {"headers": dict(headers), "body": base64.b64encode(body).decode()}
    return cipher.encrypt_bytes(orjson.dumps(content))


def read(cipher: IdentityCipher, letter: DeadLetter) -> tuple[dict[str, str], bytes]:
    """The headers and body as they arrived. `LookupError` if the message itself was lost."""
    if letter.body is None:
        raise LookupError(f"of dead letter {letter.id} only the reason is known")
    sealed = orjson.loads(cipher.decrypt_bytes(letter.body))
    return sealed["headers"], base64.b64decode(sealed["body"])
