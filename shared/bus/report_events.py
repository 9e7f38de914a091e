"""Report events as the outbox keeps them: subject, message id, headers, body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from shared.bus.cloudevents import encode, event
from shared.lifecycle.events import ReportEvent
from shared.telemetry import trace_headers

SOURCE: Final = "/lapor"
TYPE_PREFIX: Final = "id.go.lapor.report."


@dataclass(frozen=True)
class OutboxMessage:
    """The content of a row of `lifecycle.outbox`."""

    subject: str
    message_id: str
    headers: dict[str, str]
    body: bytes

    def row(self, number: int) -> dict[str, Any]:
        """The columns of the row. Rows with the same number are sent in order."""
        return {
            "number": number,
            "subject": self.subject,
            "message_id": self.message_id,
            "headers": Jsonb(self.headers),
            "body": self.body,
        }


def report_message(
    happened: ReportEvent,
    identity: UUID | None = None,
    trace: Mapping[str, str] | None = None,
) -> OutboxMessage:
    """The message for one step of a report.

    `trace` holds the headers of its trace; by default those of the present one.
    """
    subject = f"lapor.v1.report.{happened.event}"
    message_id = message_id_of(happened.number, identity, happened.version, subject)
    headers, body = encode(
        event(
            TYPE_PREFIX + happened.event,
            SOURCE,
            happened.model_dump(mode="json"),
            id=message_id,
            subject=str(happened.number),
            time=happened.at,
        )
    )
    carried = trace_headers() if trace is None else trace
    return OutboxMessage(subject, message_id, {**headers, **carried}, body)


def message_id_of(number: int, identity: UUID | None, version: int, subject: str) -> str:
    """The id by which a stream recognises a repeated message.

    It contains the identity of the report's row: after a restore a number may be given again, and
    the new report's events must not count as repeats.
    """
    row = f".{identity.hex}" if identity is not None else ""
    return f"{number}{row}.{version}.{subject}"
