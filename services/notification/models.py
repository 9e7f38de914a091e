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
    """One message to one recipient by one channel: the record of whether it was sent.

    `key` is `<number>.<version>.<recipient>.<channel>`, `code.<id>` of a code that proves a
    contact, `account.<id>`, or `revealed.<id>.<channel>` where an identity was read. `recipient` is
    `reporter`, `contact` (the contact of a report that is to be replaced) or `staff-<id>`. It
    contains no words and no contact: the facts are codes, ids and times.
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
    """None if it is not about a report: for an account of staff, or a digest."""
    version: int
    event: str
    template: str
    recipient: str
    channel: str
    contact_id: UUID | None = None
    facts: dict[str, Any] = Field(sa_type=Json)
    handler_id: int | None = None
    """The agency that handled the report."""
    state: str
    reason: str | None = None
    created_at: datetime = timestamp(sa_column_kwargs=_NOW)
    not_before: datetime = timestamp()
    """The earliest time of sending: after the quiet hours, or when a provider that is away is tried
    again."""
    leased_until: datetime | None = timestamp(default=None)
    """Until when one process has claimed it for sending."""
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    retrying: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """Its provider did not accept it at once, and Temporal retries it. `retry_round` counts the
    rounds; `retry_started` is true once the workflow of this round has started."""
    retry_round: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    retry_started: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    finished_at: datetime | None = timestamp(default=None)
    provider_id: str | None = None
    """The id that the SMS gateway gave it."""
    delivered_at: datetime | None = timestamp(default=None)
    """When it was delivered, if the gateway reports it."""
    sealed_code: bytes | None = Field(default=None, sa_type=Bytes)
    """The code or link in the message, encrypted. For a message to an account (`recipient`) it also
    contains the contact. Deleted once the message was sent or has ended."""


class Contact(SQLModel, table=True):
    """Whether the contact of a holder on this channel is proven. Holders are `report-<number>`,
    `account-<id>` and `staff-<id>`.

    The contact itself is stored by intake, or by routing for staff, encrypted with its holder's
    key. Holders that start with `recovery-` and `new-` only have codes, separate from those of the
    holder itself.
    """

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
    """Keyed digest of the proven contact. For accounts it depends only on the contact; for a report
    it is unique to the report, so that it cannot connect two reports. Any other contact is not
    proven."""
    offered: bytes | None = Field(default=None, sa_type=Bytes)
    """The digest used to offer a report to an account that proves the same contact. Only for
    reports that are neither anonymous nor secret."""
    undeliverable_at: datetime | None = timestamp(default=None)
    """Since when the provider reports that the contact does not exist; this ends the proof."""
    language: str = Field(default="id", sa_column_kwargs={"server_default": "id"})
    removed_at: datetime | None = timestamp(default=None)
    """Since when its holder says that it is not safe: nothing is sent there, not even codes. A
    report no longer names it; the owner of an account can still sign in with it."""
    replaceable_at: datetime | None = timestamp(default=None)
    """For a proven contact that was removed: when another contact may replace it."""
    code_digest: bytes | None = Field(default=None, sa_type=Bytes)
    code_until: datetime | None = timestamp(default=None)
    code_tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Preference(SQLModel, table=True):
    """Which messages a holder wants, and how. `sms` None: the default for the report's flags."""

    __tablename__ = "preference"
    __table_args__ = (_IN_SCHEMA,)

    holder: str = Field(primary_key=True)
    stopped_at: datetime | None = timestamp(default=None)
    """*Jangan hubungi saya*: no messages at all."""
    sms_stopped_at: datetime | None = timestamp(default=None)
    """Set for a report by SMS: no text messages about it, even if the phone is an account's."""
    email: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    sms: bool | None = None
    muted: list[str] = Field(default=[], sa_type=Json, sa_column_kwargs={"server_default": "[]"})
    """Kinds of message that the holder does not want."""
    kinds: dict[str, str] = Field(
        default={}, sa_type=Json, sa_column_kwargs={"server_default": "{}"}
    )
    """For staff: how they want each kind of message, if not as by default."""
    unsubscribe_token: UUID = Field(unique=True)
    """The token in links that stop all messages."""


class BellItem(SQLModel, table=True):
    """A notice in the panel about one event for one member of staff, and when they read it."""

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
    """The deadline of a report about which its handlers were last notified."""

    __tablename__ = "told_deadline"
    __table_args__ = (_IN_SCHEMA,)

    number: int = Field(sa_type=Int64, primary_key=True)
    due_at: datetime = timestamp()


class Recovery(SQLModel, table=True):
    """The proof that somebody controls the proven contact of a report. Intake gives them one new
    access code for it, by `notification.use_recovery`."""

    __tablename__ = "recovery"
    __table_args__ = (_IN_SCHEMA,)

    token_hash: bytes = Field(sa_type=Bytes, primary_key=True)
    number: int = Field(sa_type=Int64)
    until: datetime = timestamp()


class AccountRecovery(SQLModel, table=True):
    """A request to recover the password of the account that has a contact. The row is written
    whether or not an account has proven it. The code and its tries belong only to this request:
    another request for the same contact does not end the code or use up its tries."""

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
    """The proof that somebody controls a contact of an account, or a new contact. Intake uses it
    once, by `notification.use_account_proof`.

    The purpose `password` lets them choose a new password. With `contact`, the contact (encrypted,
    with its digest) becomes that of the account or, without an account, of the report `number`.
    With `report`, the report `number` is put into the account.
    """

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
