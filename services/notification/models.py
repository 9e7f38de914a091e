"""Tables of schema `notification`: messages to people, contacts and their proof, preferences."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, Json, timestamp

Channel = Literal["email", "sms"]
State = Literal["queued", "sent", "failed", "skipped"]

_IN_SCHEMA = {"schema": "notification"}
_NOW = {"server_default": text("now()")}


class Message(SQLModel, table=True):
    """What one recipient is told by one channel, once: the truth of whether it was sent.

    `key` is `<number>.<version>.<recipient>.<channel>`, or `code.<id>` of a code that proves a
    contact. No words and no contact: the facts are codes, ids and times.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "message_to_send",
            "not_before",
            postgresql_where=text("state = 'queued' AND NOT retrying"),
        ),
        Index(
            "message_to_retry",
            "created_at",
            postgresql_where=text("state = 'queued' AND retrying AND NOT retry_started"),
        ),
        Index("message_of_report", "number", "created_at"),
        Index("message_finished", "finished_at"),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(unique=True)
    number: int = Field(sa_type=Int64)
    version: int
    event: str
    template: str
    recipient: str
    channel: str
    contact_id: UUID | None = None
    facts: dict[str, Any] = Field(sa_type=Json)
    state: str
    reason: str | None = None
    created_at: datetime = timestamp(sa_column_kwargs=_NOW)
    not_before: datetime = timestamp()
    """In quiet hours nothing is sent; where the provider is away, it is tried later."""
    leased_until: datetime | None = timestamp(default=None)
    """Until when one process is sending it."""
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    retrying: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Its provider has put it off, and Temporal carries it: the `retry_round`th time, which is
    `retry_started` once it does."""
    retry_round: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    retry_started: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    finished_at: datetime | None = timestamp(default=None)
    provider_id: str | None = None
    """What the SMS gateway calls it."""
    delivered_at: datetime | None = timestamp(default=None)
    """When it arrived, where the gateway reports that."""
    sealed_code: bytes | None = Field(default=None, sa_type=Bytes)
    """The code that it tells, encrypted; gone once it was sent or has ended."""


class Contact(SQLModel, table=True):
    """Whether the contact of a holder (`report-<number>`, `account-<id>`) by this channel is
    proven. The contact itself lies with intake, encrypted by its holder's key."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("holder", "channel", name="contact_once"),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    holder: str
    channel: str
    proven_at: datetime | None = timestamp(default=None)
    proof: bytes | None = Field(default=None, sa_type=Bytes)
    """Keyed digest of the proven contact: of an account the same wherever it stands, of a report
    its own, so that no two reports are tied by it. Another contact is not proven."""
    undeliverable_at: datetime | None = timestamp(default=None)
    """Since when the provider says that nobody is there: the proof has ended."""
    language: str = Field(default="id", sa_column_kwargs={"server_default": "id"})
    code_digest: bytes | None = Field(default=None, sa_type=Bytes)
    code_until: datetime | None = timestamp(default=None)
    code_tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Preference(SQLModel, table=True):
    """What a holder wants to be told, and how. `sms` None: as the report's flags have it."""

    __tablename__ = "preference"
    __table_args__ = (_IN_SCHEMA,)

    holder: str = Field(primary_key=True)
    stopped_at: datetime | None = timestamp(default=None)
    """*Jangan hubungi saya*: nothing at all."""
    email: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    sms: bool | None = None
    muted: list[str] = Field(default=[], sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    """Kinds of message that are not wanted."""
    unsubscribe_token: UUID = Field(unique=True)
    """In the links that end all messages."""


class Recovery(SQLModel, table=True):
    """That somebody has shown the proven contact of a report: intake gives them one new access
    code for it, by `notification.use_recovery`."""

    __tablename__ = "recovery"
    __table_args__ = (_IN_SCHEMA,)

    token_hash: bytes = Field(sa_type=Bytes, primary_key=True)
    number: int = Field(sa_type=Int64)
    until: datetime = timestamp()
