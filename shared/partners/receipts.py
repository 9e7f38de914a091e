"""Receipts: the result of a message, sent to the partner system that sent it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

import orjson
from nats.aio.msg import Msg
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.cloudevents import encode, event
from shared.bus.report_events import SOURCE, OutboxMessage
from shared.database.engine import raw
from shared.database.lifecycle import OutboxRow
from shared.database.rows import Row, insert_many, json_bytes
from shared.telemetry import continued_trace, trace_headers

RECEIPT_TYPE: Final = "id.go.lapor.partner.receipt"

Kind = Literal[
    "report", "information", "reply", "withdrawal", "satisfaction", "rating", "objection"
]


class ReceiptProblem(BaseModel):
    """One reason why a message was not accepted."""

    model_config = ConfigDict(frozen=True)

    field: str | None = Field(description="Dotted path in the event, null for the message itself")
    code: str = Field(description="A stable code, for programs")
    message: str = Field(description="A text for people, in Indonesian")


class Receipt(BaseModel):
    """The result of one message. A repeated message has the result of the first."""

    model_config = ConfigDict(frozen=True)

    kind: Kind = Field(description="What was sent")
    sequence: int = Field(description="The sequence number of the message, as in its PubAck")
    message_id: str | None = Field(description="The id of the event, if it could be read")
    external_id: str | None = Field(description="The external id as sent, if it could be read")
    accepted: bool
    number: int | None = Field(None, description="The report's number")
    status: str | None = Field(None, description="The report's status afterwards, if known")
    version: int | None = Field(None, description="The report's version afterwards, if known")
    duplicate: bool = Field(
        False, description="This external id was used before; `number` is that of the first report"
    )
    differs: bool = Field(
        False, description="A duplicate with different content, which was not accepted"
    )
    url: str | None = Field(None, description="Where to read the report, with the HTTP token")
    problems: tuple[ReceiptProblem, ...] = ()


@dataclass(frozen=True)
class Sent:
    """A message as its sender knows it: the fields with which its receipt begins."""

    system: str
    kind: Kind
    stream: str
    sequence: int
    stored_at: int
    """Seconds since 1970; it distinguishes sequence numbers if a stream is ever made anew."""
    message_id: str | None
    external_id: str | None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Used to continue the message's trace."""

    @classmethod
    def of(cls, message: Msg, message_id: str | None, external_id: str | None) -> Self:
        """Made from a message on `lapor.v1.ingest.<system>.<kind>`."""
        _, _, _, system, kind = message.subject.split(".")
        meta = message.metadata
        known: Any = kind  # the streams hold no other kinds
        return cls(
            system,
            known,
            meta.stream,
            meta.sequence.stream,
            int(meta.timestamp.timestamp()),
            message_id,
            external_id,
            message.headers or {},
        )

    def receipt(self, *, accepted: bool, **outcome: Any) -> Receipt:
        """The receipt for this message."""
        return Receipt(
            kind=self.kind,
            sequence=self.sequence,
            message_id=self.message_id,
            external_id=self.external_id,
            accepted=accepted,
            **outcome,
        )


async def queue_receipts(session: AsyncSession, receipts: Iterable[tuple[Sent, Receipt]]) -> None:
    """Put the receipts into the outbox, in the session's transaction.

    A message delivered twice gets the same receipt, which the stream stores once.
    """
    rows = [_row(sent, receipt) for sent, receipt in receipts]
    if rows:
        parameters = {str(OutboxRow.__tablename__): orjson.dumps(rows).decode()}
        await (await raw(session)).execute(insert_many(OutboxRow, rows[0]), parameters)


def receipt_message(sent: Sent, receipt: Receipt) -> OutboxMessage:
    """The receipt as an outbox message."""
    subject = f"lapor.v1.partner.{sent.system}.receipt"
    message_id = f"{sent.stream}.{sent.sequence}.{sent.stored_at}"
    headers, body = encode(
        event(
            RECEIPT_TYPE,
            SOURCE,
            receipt.model_dump(mode="json"),
            id=message_id,
            subject=None if receipt.number is None else str(receipt.number),
        )
    )
    return OutboxMessage(subject, message_id, {**headers, **trace_headers()}, body)


def _row(sent: Sent, receipt: Receipt) -> Row:
    with continued_trace(sent.headers):
        message = receipt_message(sent, receipt)
    # Rows of one report are sent in order; a receipt without a report need not wait for another.
    number = -sent.sequence if receipt.number is None else receipt.number
    return {
        "number": number,
        "subject": message.subject,
        "message_id": message.message_id,
        "headers": message.headers,
        "body": json_bytes(message.body),
    }
