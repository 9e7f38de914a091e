"""A message from a partner system: its sender, its kind, and the event in it."""

from dataclasses import dataclass

from cloudevents.core.v1.event import CloudEvent
from nats.aio.msg import Msg
from nats.js.api import Header

from shared.bus.cloudevents import decode
from shared.bus.errors import BadMessage


@dataclass(frozen=True)
class Inbound:
    """A message on `lapor.v1.ingest.<system>.<kind>`. The server guarantees `system`."""

    system: str
    kind: str
    event: CloudEvent


def system_of(subject: str) -> str | None:
    """The partner system to which a subject belongs, or None."""
    parts = subject.split(".")
    return parts[3] if parts[:2] == ["lapor", "v1"] and parts[2] in ("ingest", "partner") else None


def read_inbound(message: Msg) -> Inbound:
    """Read a partner's message.

    Raises `BadMessage` if it is no CloudEvent, or if its message id does not begin with its
    sender's name. There is one duplicate window for each stream: an id without the prefix of its
    system could hide another system's message.
    """
    _, _, _, system, kind = message.subject.split(".")
    headers = message.headers or {}
    msg_id = headers.get(Header.MSG_ID.value)
    if msg_id is not None and not msg_id.startswith(f"{system}-"):
        raise BadMessage("foreign_id", f"Nats-Msg-Id must begin with {system}-", "Nats-Msg-Id")
    return Inbound(system, kind, decode(headers, message.data))
