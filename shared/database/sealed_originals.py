"""The originals of remade files: what was sent, when, and its encrypted key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, timestamp


class SealedOriginal(SQLModel, table=True):
    """A sealed original. Rows are added and never changed, except `data_key` when identity keys
    change."""

    __tablename__ = "sealed_original"
    __table_args__ = ({"schema": "lifecycle"},)

    attachment_id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=Int64, index=True)
    command_id: UUID | None = None
    """The message with which it came; None for the report itself."""
    key: str
    name: str
    media_type: str
    size: int = Field(sa_type=Int64)
    sha256: str
    data_key: bytes = Field(sa_type=Bytes)
    """Encrypted with the identity keys."""
    sealed_at: datetime = timestamp(sa_column_kwargs={"server_default": text("now()")})
