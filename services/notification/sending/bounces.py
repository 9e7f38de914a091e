"""Reads mail that came back after it was accepted (RFC 3464). It finds which message it was, and
whether its address exists."""

from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Part
from uuid import UUID

from services.notification.sending.mail import is_nobody


@dataclass(frozen=True)
class Bounce:
    """A mail that came back. `message_id` is our id, from the headers of the mail that was sent."""

    message_id: UUID
    nobody_there: bool


def bounce_of(mail: bytes) -> Bounce | None:
    """Read a mail server's report. None: it reports no permanent failure of one of our messages.
    Nobody can forge a report by knowing only an address, as the id is only in our mail."""
    parts = list(message_from_bytes(mail).walk())
    status = next((code for part in parts if (code := _failed_with(part))), None)
    id = next((id for part in parts if (id := _id_of_ours(part))), None)
    if status is None or id is None:
        return None
    return Bounce(id, is_nobody(status))


def _failed_with(part: Part) -> str | None:
    """The status of a recipient to whom delivery failed for good, such as `5.1.1`."""
    if part.get("Action", "").strip().lower() != "failed":
        return None
    status = str(part.get("Status", "")).split(" ", 1)[0].strip()
    return status if status.startswith("5.") else None


def _id_of_ours(part: Part) -> UUID | None:
    """The id in the `Message-ID` of the returned mail, or of its headers."""
    if part.get_content_type() == "text/rfc822-headers":
        part = message_from_string(str(part.get_payload()))
    name = str(part.get("Message-ID", "")).strip().strip("<>").partition("@")[0]
    try:
        return UUID(name)
    except ValueError:
        return None
