"""Partner systems (*Sistem Mitra*): their key on NATS and their token over HTTP."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, timestamp


class PartnerSystem(SQLModel, table=True):
    """Another government system. Its secrets are not here: a public key and a token's hash."""

    __tablename__ = "partner"
    __table_args__ = ({"schema": "intake"},)

    system: str = Field(primary_key=True)
    name: str
    nkey_public: str = Field(unique=True)
    http_token_hash: bytes = Field(sa_type=Bytes, unique=True)
    created_at: datetime = timestamp(sa_column_kwargs={"server_default": text("now()")})
    active: bool = True
