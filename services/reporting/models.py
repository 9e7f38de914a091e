"""Tables of schema `reporting`: downloads made in the background, and the log of all downloads."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Int64, Json, Words, timestamp

_IN_SCHEMA = {"schema": "reporting"}
_NOW = {"server_default": text("now()")}


class Download(SQLModel, table=True):
    """A large download and its progress. `state` is waiting, running, done, cancelled, failed or
    expired; each resumption is another `attempt`."""

    __tablename__ = "download"
    __table_args__ = (
        Index("download_of_owner", "staff_id", "created_at"),
        Index("download_waiting", "created_at", postgresql_where=text("state = 'waiting'")),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    staff_id: int
    agency_id: int
    """The owner's agency at the time of the request: a person who moves loses the download."""
    tab: str
    format: str
    selection: dict[str, Any] = Field(sa_type=Json)
    name: str = Field(sa_type=Words)
    state: str
    attempt: int = 1
    rows_total: int = Field(sa_type=Int64)
    rows_done: int = Field(default=0, sa_type=Int64)
    size: int | None = Field(default=None, sa_type=Int64)
    created_at: datetime = timestamp(sa_column_kwargs=_NOW)
    finished_at: datetime | None = timestamp(default=None)
    expires_at: datetime | None = timestamp(default=None)


class DownloadLogEntry(SQLModel, table=True):
    """Who downloaded which data; append-only. `event` is `made` (and sent at once), `asked` (a
    large download was requested) or `fetched` (by its link)."""

    __tablename__ = "download_log"
    __table_args__ = (_IN_SCHEMA,)

    id: int | None = Field(default=None, sa_type=Int64, primary_key=True)
    at: datetime = timestamp(sa_column_kwargs=_NOW)
    staff_id: int = Field(index=True)
    agency_id: int
    event: str
    tab: str
    format: str
    selection: dict[str, Any] = Field(sa_type=Json)
    rows: int = Field(sa_type=Int64)
    download_id: UUID | None = None
