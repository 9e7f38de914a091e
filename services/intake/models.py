"""Tables of schema `intake`: reporters, how each report came in, attachments, channels."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, Words, timestamp

_IN_SCHEMA = {"schema": "intake"}
_PENDING = Index("attachment_pending", "leased_until", postgresql_where=text("state = 'pending'"))
_NOW = {"server_default": text("now()")}
_WITHOUT_KEY = (
    "holder_key IS NULL AND (name IS NOT NULL OR phone IS NOT NULL"
    " OR email IS NOT NULL OR nik IS NOT NULL)"
)


class ReporterAccount(SQLModel, table=True):
    """A reporter who signed up. The identity is encrypted with the account's own key."""

    __tablename__ = "reporter"
    __table_args__ = (_IN_SCHEMA,)

    id: int | None = Field(default=None, primary_key=True)
    name: bytes = Field(sa_type=Bytes)
    phone: bytes | None = Field(default=None, sa_type=Bytes)
    email: bytes | None = Field(default=None, sa_type=Bytes)
    nik: bytes | None = Field(default=None, sa_type=Bytes)
    holder_key: bytes | None = Field(default=None, sa_type=Bytes)
    """Encrypted with the identity keys; None if the account has no own key yet."""
    password_hash: str | None = None
    created_at: datetime = timestamp(sa_column_kwargs=_NOW)


class AccountEntry(SQLModel, table=True):
    """A contact (as keyed hash) and a password that open an account. Several accounts may have the
    same contact, as nobody has proven it; their hashes then share a salt."""

    __tablename__ = "account_entry"
    __table_args__ = (_IN_SCHEMA,)

    contact: bytes = Field(sa_type=Bytes, primary_key=True)
    reporter_id: int = Field(foreign_key="intake.reporter.id", primary_key=True, index=True)
    password_hash: str


class ContactChange(SQLModel, table=True):
    """A proven new contact that replaces the holder's present one at `takes_effect_at`. Until then
    the owner of the present one can stop it. The holder is an account or a report; the contact is
    encrypted with the holder's key."""

    __tablename__ = "contact_change"
    __table_args__ = (
        UniqueConstraint("reporter_id", "channel", name="contact_change_once"),
        UniqueConstraint("number", "channel", name="contact_change_of_report_once"),
        CheckConstraint(
            "num_nonnulls(reporter_id, number) = 1", name="contact_change_of_one_holder"
        ),
        Index("contact_change_due", "takes_effect_at"),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    reporter_id: int | None = Field(default=None, foreign_key="intake.reporter.id")
    number: int | None = Field(default=None, sa_type=Int64)
    """The report whose own contact changes, if the holder is a report."""
    channel: str
    contact: bytes = Field(sa_type=Bytes)
    safe: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """For a report: messages may go there (*Aman dihubungi di sini?*)."""
    digest: bytes = Field(sa_type=Bytes)
    """The digest by which notification recognises the contact."""
    entry: bytes | None = Field(default=None, sa_type=Bytes)
    """The keyed hash of the contact that will open the account, with the password hash."""
    password_hash: str | None = None
    stop_hash: bytes = Field(sa_type=Bytes, unique=True)
    """Hash of the token in the notice."""
    asked_at: datetime = timestamp()
    takes_effect_at: datetime = timestamp()


class Submission(SQLModel, table=True):
    """How a report came in and from whom. All personal data is encrypted with the report's own key.

    Each `scope` (an account, a channel) uses an `idempotency_key` once.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("scope", "idempotency_key", name="submission_once"),
        Index("submission_of_reporter", "reporter_id", "number"),
        Index("submission_without_key", "number", postgresql_where=text(_WITHOUT_KEY)),
        _IN_SCHEMA,
    )

    number: int = Field(sa_type=Int64, primary_key=True)
    reporter_id: int | None = Field(default=None, foreign_key="intake.reporter.id")
    name: bytes | None = Field(default=None, sa_type=Bytes)
    phone: bytes | None = Field(default=None, sa_type=Bytes)
    email: bytes | None = Field(default=None, sa_type=Bytes)
    nik: bytes | None = Field(default=None, sa_type=Bytes)
    holder_key: bytes | None = Field(default=None, sa_type=Bytes)
    """Encrypted with the identity keys; None if nobody is named or the report has no own key
    yet."""
    phone_safe: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    email_safe: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """*Aman dihubungi di sini?*: messages may go to this contact, until the reporter chooses
    again."""
    phone_stated: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    email_stated: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    """The partner system that sent the report states that it has verified this contact."""
    access_code: bytes = Field(sa_type=Bytes)
    access_code_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Increases when the code is renewed; tokens for earlier versions are no longer valid."""
    access_code_used_at: datetime | None = timestamp(default=None)
    """When it was used for the first time."""
    addressee_id: int | None = None
    made_by: int | None = None
    """The member of staff who entered it (*Laporan Manual*)."""
    scope: str
    idempotency_key: str
    fingerprint: bytes = Field(sa_type=Bytes)
    """Keyed hash of the content: the same key with different content is refused."""


class IntakeAttachment(SQLModel, table=True):
    """A file sent with a report."""

    __tablename__ = "attachment"
    __table_args__ = (_PENDING, _IN_SCHEMA)

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    key: str
    name: str
    media_type: str
    size: int = Field(sa_type=Int64)
    sha256: str
    state: str = Field(default="as_sent", sa_column_kwargs={"server_default": "as_sent"})
    """as_sent; for anonymous reports also pending, remade or sealed."""
    sealed_because: str | None = None
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    leased_until: datetime | None = timestamp(default=None)
    """Until when one process has claimed it for remaking."""


class SocialPost(SQLModel, table=True):
    """A post that became a report, alone or in a thread. The same post again is refused, with the
    number of the first report."""

    __tablename__ = "social_post"
    __table_args__ = (
        Index("social_post_of_report", "number"),
        Index("social_post_looked_at", "looked_at"),
        _IN_SCHEMA,
    )

    network: str = Field(primary_key=True)
    post_id: str = Field(primary_key=True)
    number: int = Field(sa_type=Int64)
    url: str = Field(sa_type=Words)
    position: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Its position in the thread."""
    looked_at: datetime | None = timestamp(default=None)
    """When it was last looked up in the network."""
    gone_at: datetime | None = timestamp(default=None)
    """When it was found to be no longer readable there."""
    gone_because: str | None = None
    """deleted or not_visible."""
    edited_at: datetime | None = timestamp(default=None)
    words_before: bytes | None = Field(default=None, sa_type=Bytes)
    """For an edited post: its words when it became the report, encrypted with the report's key."""
    words_now: bytes | None = Field(default=None, sa_type=Bytes)


class ReporterSession(SQLModel, table=True):
    """A refresh token of an account, as a hash. Each can be used once. All tokens of one sign-in
    have the same `session_id`."""

    __tablename__ = "reporter_session"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    reporter_id: int = Field(foreign_key="intake.reporter.id", index=True)
    session_id: UUID = Field(index=True)
    token_hash: bytes = Field(unique=True)
    expires_at: datetime = timestamp()
    used_at: datetime | None = timestamp(default=None)


class EndedReporterSession(SQLModel, table=True):
    """A session that was ended, of an account or of a report's access code. It is kept as long as
    an access token of it could still be used."""

    __tablename__ = "ended_session"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    until: datetime = timestamp()


class SmsPart(SQLModel, table=True):
    """A part of a long SMS that waits for the others, encrypted. Once they are joined its words are
    deleted, but it names its report, in case the gateway sends it again."""

    __tablename__ = "sms_part"
    __table_args__ = (
        Index("sms_part_waiting", "received_at", postgresql_where=text("number IS NULL")),
        Index("sms_part_of_message", "message"),
        _IN_SCHEMA,
    )

    sender_index: bytes = Field(sa_type=Bytes, primary_key=True)
    gateway_id: str = Field(primary_key=True)
    reference: str
    """The reference of the sending phone, with the number of parts; phones use references again."""
    message: UUID
    part: int
    total: int
    digest: bytes | None = Field(default=None, sa_type=Bytes)
    """Keyed hash of its words; None for older parts."""
    words: bytes | None = Field(default=None, sa_type=Bytes)
    number: int | None = Field(default=None, sa_type=Int64)
    set_aside: str | None = None
    """Why it cannot become a report; its words stay for the operator."""
    sent_at: datetime = timestamp()
    received_at: datetime = timestamp()
    """When it arrived, or when its message was last put off."""


class SmsAnswer(SQLModel, table=True):
    """The answer to a message about a report, encrypted, in case the gateway sends it again."""

    __tablename__ = "sms_answer"
    __table_args__ = (_IN_SCHEMA,)

    key: str = Field(primary_key=True)
    """The key of the message, in the form that a report's key would have."""
    digest: bytes = Field(sa_type=Bytes)
    """Keyed hash of its words."""
    answer: bytes = Field(sa_type=Bytes)
    at: datetime = timestamp(index=True)


class SmsConfirmation(SQLModel, table=True):
    """What the reporter of a report has requested by SMS and must confirm by a code. Only the
    latest request of each kind is kept."""

    __tablename__ = "sms_wish_confirmation"
    __table_args__ = (_IN_SCHEMA,)

    number: int = Field(sa_type=Int64, primary_key=True)
    wish: str = Field(primary_key=True)
    sender_index: bytes = Field(sa_type=Bytes)
    rating: int | None = None
    solved: bool | None = None
    reason: str | None = None
    code_digest: bytes = Field(sa_type=Bytes)
    tries: int
    until: datetime = timestamp()
