"""Tables of webhooks: subscriptions, deliveries, and the answer to each attempt."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from shared.database.columns import Bytes, Int64, Json, Words, timestamp

_IN_SCHEMA = {"schema": "reporting"}
_NOW = {"server_default": text("now()")}


class Webhook(SQLModel, table=True):
    """An address that is notified of the reports of an agency and those below it. `secret` is
    ciphertext. `disabled` says why nothing is sent: `failing` or `gone` (the receiver answered
    410). A removed webhook stays in the table because of its deliveries. Until `previous_until`,
    deliveries are also signed with `previous_secret`."""

    __tablename__ = "webhook"
    __table_args__ = (_IN_SCHEMA,)

    id: UUID = Field(primary_key=True)
    agency_id: int = Field(index=True)
    url: str = Field(sa_type=Words)
    secret: bytes = Field(sa_type=Bytes)
    previous_secret: bytes | None = Field(default=None, sa_type=Bytes)
    previous_until: datetime | None = timestamp(default=None)
    created_by: int
    created_at: datetime = timestamp(sa_column_kwargs=_NOW)
    failing_since: datetime | None = timestamp(default=None)
    disabled: str | None = None
    disabled_at: datetime | None = timestamp(default=None)
    removed_at: datetime | None = timestamp(default=None)


class WebhookDelivery(SQLModel, table=True):
    """One event for one webhook; each event is delivered once. `state` is waiting, delivered or
    failed. Each resend is another `round`, which is `started` when Temporal runs its workflow."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id", name="webhook_delivery_once"),
        Index("webhook_delivery_newest", "webhook_id", "created_at", "id"),
        Index(
            "webhook_delivery_to_start",
            "created_at",
            postgresql_where=text("state = 'waiting' AND NOT started"),
        ),
        Index("webhook_delivery_finished", "finished_at"),
        _IN_SCHEMA,
    )

    id: UUID = Field(primary_key=True)
    webhook_id: UUID = Field(foreign_key="reporting.webhook.id")
    event_id: str
    event: str
    number: int = Field(sa_type=Int64)
    version: int
    body: dict[str, Any] = Field(sa_type=Json)
    state: str = Field(default="waiting", sa_column_kwargs={"server_default": "waiting"})
    round: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    started: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    created_at: datetime = timestamp(sa_column_kwargs=_NOW)
    finished_at: datetime | None = timestamp(default=None)


class WebhookAttempt(SQLModel, table=True):
    """One attempt and the receiver's answer. Without a `status` nobody answered, and `error` says
    why: `timeout`, `connection`, `certificate`, `address` or `unexpected`."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (_IN_SCHEMA,)

    delivery_id: UUID = Field(
        primary_key=True, foreign_key="reporting.webhook_delivery.id", ondelete="CASCADE"
    )
    attempt: int = Field(primary_key=True)
    at: datetime = timestamp()
    status: int | None = None
    error: str | None = None
    ms: int
