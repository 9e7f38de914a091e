"""What came in from a partner system: whose it is, what kind, and the event in it."""

from dataclasses import dataclass

from cloudevents.core.v1.event import CloudEvent
from nats.aio.msg import Msg
from nats.js.api import Header

from shared.bus.cloudevents import decode
from shared.bus.errors import BadMessage


@dataclass(frozen=True)
class Inbound:
    """A message on `lapor.v1.ingest.<system>.<kind>`. The server vouches for `system`."""

    system: str
    kind: str
    event: CloudEvent


def system_of(subject: str) -> str | None:
    """The partner system a subject belongs to, None where it belongs to none."""
    parts = subject.split(".")
    return parts[3] if parts[:2] == ["lapor", "v1"] and parts[2] in ("ingest", "partner") else None


def read_inbound(message: Msg) -> Inbound:
    """Raises `BadMessage` for what is no CloudEvent, and for a message id not of its sender.

    The duplicate window is one per stream: an id without its system's prefix could hide
    another system's message, so every sender is held to its own.
    """
    _, _, _, system, kind = message.subject.split(".")
    headers = message.headers or {}
    msg_id = headers.get(Header.MSG_ID.value)
    if msg_id is not None and not msg_id.startswith(f"{system}-"):
        raise BadMessage("foreign_id", f"Nats-Msg-Id must begin with {system}-", "Nats-Msg-Id")
    return Inbound(system, kind, decode(headers, message.data))
