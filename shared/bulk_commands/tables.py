"""The tables of bulk commands: what was asked for which reports, and the outcome of each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, Json, timestamp

_IN_SCHEMA = {"schema": "lifecycle"}


class BulkCommand(SQLModel, table=True):
    """One kind of command for many reports, by one member of staff.

    `form` has the words; they are stored only here until each report has its command.
    """

    __tablename__ = "bulk_command"
    __table_args__ = (Index("bulk_command_asked", "staff_id", "asked_at"), _IN_SCHEMA)

    id: UUID = Field(primary_key=True)
    service: str
    """The service that carries it out."""
    kind: str
    staff_id: int
    form: dict[str, Any] = Field(sa_type=Json)
    total: int
    asked_at: datetime = timestamp(sa_column_kwargs={"server_default": text("now()")})


class BulkItem(SQLModel, table=True):
    """One report of a bulk command.

    `state`: waiting, done, refused (`reason` says why) or failed (not the caller's fault; it may be
    asked for again).
    """

    __tablename__ = "bulk_item"
    __table_args__ = (
        Index("bulk_item_waiting", "position", postgresql_where=text("state = 'waiting'")),
        _IN_SCHEMA,
    )

    bulk_id: UUID = Field(
        primary_key=True, foreign_key="lifecycle.bulk_command.id", ondelete="CASCADE"
    )
    number: int = Field(sa_type=Int64, primary_key=True)
    position: int
    version: int | None = None
    """The version of the report that was seen when it was asked for."""
    state: str = Field(default="waiting", sa_column_kwargs={"server_default": "waiting"})
    reason: str | None = None
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    leased_until: datetime | None = timestamp(default=None)
    """Until when a process works on it, or until when it rests after a failed try."""
