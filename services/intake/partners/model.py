"""The table of partner systems, with digests of their credentials."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, true
from sqlmodel import Field, SQLModel

from shared import clock


class Partner(SQLModel, table=True):
    """A system of another government body. Its keys are shown once and never stored."""

    __tablename__ = "partner"
    __table_args__ = {"schema": "intake"}

    system: str = Field(primary_key=True)
    """a-z, 0-9 and -; used in its subjects and as the name of its consumer."""
    name: str
    nkey_public: str
    """The public key of its user (`U…`)."""
    nats_account: str | None = None
    """The public key of its account (`A…`). None: it has had no new credentials since accounts have
    keys."""
    nats_signer: str | None = None
    """The public key (`A…`) that signed its present user; nobody keeps its seed."""
    nats_issued_at: int | None = Field(default=None, sa_type=BigInteger)
    """When its account was last signed, in seconds since 1970; nodes keep the latest version."""
    http_token_hash: str = Field(index=True)
    """SHA-256, hexadecimal. The token is 256 random bits, so it needs no salt."""
    created_at: datetime = Field(
        default_factory=clock.now,
        sa_column=Column(DateTime(timezone=True), nullable=False),
    )
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
