"""Lifecycle events as the outbox keeps them: subject, message id, headers, body."""

from dataclasses import dataclass
from typing import Final

from shared.bus.cloudevents import encode, event
from shared.lifecycle.events import ReportEvent
from shared.telemetry import trace_headers

SOURCE: Final = "/lapor"
TYPE_PREFIX: Final = "id.go.lapor.report."


@dataclass(frozen=True)
class OutboxMessage:
    """What goes into a row of `lifecycle.outbox`."""

    subject: str
    message_id: str
    headers: dict[str, str]
    body: bytes


def report_message(happened: ReportEvent) -> OutboxMessage:
    """The message that tells of one step of a report, with the trace under way."""
    subject = f"lapor.v1.report.{happened.event}"
    message_id = f"{happened.number}.{happened.version}.{subject}"
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
    return OutboxMessage(subject, message_id, {**headers, **trace_headers()}, body)
