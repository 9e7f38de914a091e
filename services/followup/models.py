"""Tables of schema `followup`: the words of follow-ups, replies, requests and decisions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, Words, timestamp

_IN_SCHEMA = {"schema": "followup"}
_PENDING = Index("attachment_pending", "leased_until", postgresql_where=text("state = 'pending'"))
_RECTIFYING = Index(
    "message_rectifying", "rectifies", postgresql_where=text("rectifies IS NOT NULL")
)


class Message(SQLModel, table=True):
    """What somebody wrote with a command. It becomes visible once the command is done.

    `kind` is set where `action` is follow_up (initial_response, follow_up). Only a follow-up proper
    has an `outcome`; it is NULL in those sent before the outcome was asked for.
    """

    __tablename__ = "message"
    __table_args__ = (_RECTIFYING, _IN_SCHEMA)

    command_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    action: str
    kind: str | None = None
    outcome: str | None = None
    unmet_reason: str | None = None
    words: str = Field(sa_type=Words)
    secret: bool = False
    rectifies: UUID | None = None
    """The follow-up that this message takes back."""
    rating: int | None = None
    solved: bool | None = None
    actor_kind: str
    staff_id: int | None = None
    agency_id: int | None = None
    assignee_id: int | None = None
    at: datetime = timestamp()


class FollowupAttachment(SQLModel, table=True):
    """A file sent with a message."""

    __tablename__ = "attachment"
    __table_args__ = (_PENDING, _IN_SCHEMA)

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    command_id: UUID = Field(index=True)
    key: str
    name: str
    media_type: str
    size: int = Field(sa_type=Int64)
    sha256: str
    state: str = Field(default="as_sent", sa_column_kwargs={"server_default": "as_sent"})
    """as_sent, or for anonymous reports: pending, remade or sealed."""
    sealed_because: str | None = None
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    leased_until: datetime | None = timestamp(default=None)
    """Until this moment one process has reserved the file, to remake it."""
