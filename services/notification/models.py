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

    `key` is `<number>.<version>.<recipient>.<channel>`, `code.<id>` of a code that proves a
    contact, `account.<id>`, or `revealed.<id>.<channel>` where an identity was read. `recipient` is
    `reporter`, `contact` (a report's, which is to be replaced) or `staff-<id>`. No words and no
    contact: the facts are codes, ids and times.
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
        Index(
            "message_waiting",
            "channel",
            "created_at",
            postgresql_where=text("state = 'queued'"),
        ),
        Index("message_of_report", "number", "created_at"),
        Index("message_finished", "finished_at"),
        Index(
            "message_not_arrived",
            "handler_id",
            "created_at",
            postgresql_where=text("state IN ('skipped', 'failed')"),
        ),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(unique=True)
    number: int | None = Field(default=None, sa_type=Int64)
    """None where it is about no report: the account of a member of staff, a digest."""
    version: int
    event: str
    template: str
    recipient: str
    channel: str
    contact_id: UUID | None = None
    facts: dict[str, Any] = Field(sa_type=Json)
    handler_id: int | None = None
    """The agency that had the report."""
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
    """The code or the link that it tells, encrypted, of a message to an account (`recipient`) also
    to whom it goes; gone once it was sent or has ended."""


class Contact(SQLModel, table=True):
    """Whether the contact of a holder (`report-<number>`, `account-<id>`, `staff-<id>`) by this
    channel is proven. The contact itself lies with intake, of staff with routing, encrypted by its
    holder's key. Holders that begin with `recovery-` and `new-` have codes alone, apart from those
    of the holder itself."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("holder", "channel", name="contact_once"),
        Index("contact_offered", "offered", postgresql_where=text("offered IS NOT NULL")),
        Index("contact_proof", "proof"),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    holder: str
    channel: str
    proven_at: datetime | None = timestamp(default=None)
    proof: bytes | None = Field(default=None, sa_type=Bytes)
    """Keyed digest of the proven contact: of an account the same wherever it stands, of a report
    its own, so that no two reports are tied by it. Another contact is not proven."""
    offered: bytes | None = Field(default=None, sa_type=Bytes)
    """Of a report that is neither anonymous nor secret: the digest by which an account that proves
    the same contact is offered it."""
    undeliverable_at: datetime | None = timestamp(default=None)
    """Since when the provider says that nobody is there: the proof has ended."""
    language: str = Field(default="id", sa_column_kwargs={"server_default": "id"})
    removed_at: datetime | None = timestamp(default=None)
    """Since when its holder says that it is not safe: nothing goes there, codes neither. A report
    names it no more; for an account it is still a name to sign in with."""
    replaceable_at: datetime | None = timestamp(default=None)
    """Of a proven contact that was removed: from when on another may take its place."""
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
    sms_stopped_at: datetime | None = timestamp(default=None)
    """Of a report alone, stopped by SMS: no text messages about it, whosever the phone is."""
    email: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    sms: bool | None = None
    muted: list[str] = Field(default=[], sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    """Kinds of message that are not wanted."""
    kinds: dict[str, str] = Field(
        default={}, sa_type=Json, sa_column_kwargs={"server_default": "{}"}
    )
    """Of staff: how each kind of message is wanted, where it is not as usual."""
    unsubscribe_token: UUID = Field(unique=True)
    """In the links that end all messages."""


class BellItem(SQLModel, table=True):
    """What one member of staff is told of one event in the panel, until they have read it."""

    __tablename__ = "bell"
    __table_args__ = (
        UniqueConstraint("staff_id", "number", "version", "template", name="bell_once"),
        Index("bell_of_person", "staff_id", "id"),
        Index("bell_unread", "staff_id", "id", postgresql_where=text("read_at IS NULL")),
        Index("bell_old", "created_at"),
        _IN_SCHEMA,
    )

    id: int | None = Field(default=None, sa_type=Int64, primary_key=True)
    staff_id: int
    number: int = Field(sa_type=Int64)
    version: int
    template: str
    kind: str
    facts: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = timestamp()
    read_at: datetime | None = timestamp(default=None)


class ToldDeadline(SQLModel, table=True):
    """That the handlers of a report have been told that this deadline of it is near."""

    __tablename__ = "told_deadline"
    __table_args__ = (_IN_SCHEMA,)

    number: int = Field(sa_type=Int64, primary_key=True)
    due_at: datetime = timestamp()


class Recovery(SQLModel, table=True):
    """That somebody has shown the proven contact of a report: intake gives them one new access
    code for it, by `notification.use_recovery`."""

    __tablename__ = "recovery"
    __table_args__ = (_IN_SCHEMA,)

    token_hash: bytes = Field(sa_type=Bytes, primary_key=True)
    number: int = Field(sa_type=Int64)
    until: datetime = timestamp()


class AccountRecovery(SQLModel, table=True):
    """That somebody asked to recover the password of whoever has a contact: written whether or not
    an account has proven it. The code, and the tries at it, are of this request alone; another's
    request for the same contact neither ends them nor uses them up."""

    __tablename__ = "account_recovery"
    __table_args__ = (Index("account_recovery_until", "until"), _IN_SCHEMA)

    request_hash: bytes = Field(sa_type=Bytes, primary_key=True)
    channel: str
    contact_digest: bytes = Field(sa_type=Bytes)
    """As in `Contact.proof` of an account."""
    code_digest: bytes = Field(sa_type=Bytes)
    code_tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    until: datetime = timestamp()


class AccountProof(SQLModel, table=True):
    """That somebody has shown a contact of an account, or one that is to be: intake does once what
    it is for, by `notification.use_account_proof`. For `password` a new one is chosen; `contact`
    (encrypted, with its digest) becomes the account's, or without an account that of the report
    `number`; a `report` that names it, its `number`."""

    __tablename__ = "account_proof"
    __table_args__ = (_IN_SCHEMA,)

    token_hash: bytes = Field(sa_type=Bytes, primary_key=True)
    account_id: int | None = None
    purpose: str
    channel: str | None = None
    contact: bytes | None = Field(default=None, sa_type=Bytes)
    digest: bytes | None = Field(default=None, sa_type=Bytes)
    number: int | None = Field(default=None, sa_type=Int64)
    until: datetime = timestamp()
