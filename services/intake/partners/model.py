"""Partner systems as stored: who they are, and digests of what they show to be let in."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, DateTime, true
from sqlmodel import Field, SQLModel

from shared import clock


class Partner(SQLModel, table=True):
    """Another government's system. Its keys are shown once and never stored."""

    __tablename__ = "partner"
    __table_args__ = {"schema": "intake"}

    system: str = Field(primary_key=True)
    """a-z, 0-9 and -: part of its subjects, and the name of its consumer."""
    name: str
    nkey_public: str
    """Of its user (`U…`)."""
    nats_account: str | None = None
    """Its account (`A…`). None: it has had no credentials since accounts have keys."""
    nats_signer: str | None = None
    """The key (`A…`) by which its present user is signed; whose seed is kept by nobody."""
    nats_issued_at: int | None = Field(default=None, sa_type=BigInteger)
    """When its account was last signed, in seconds since 1970: nodes keep the latest."""
    http_token_hash: str = Field(index=True)
    """SHA-256, hexadecimal; the token is 256 random bits, so that needs no salt."""
    created_at: datetime = Field(
        default_factory=clock.now,
        sa_column=Column(DateTime(timezone=True), nullable=False),
    )
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
