"""Mail that comes back after it was taken (RFC 3464): which message it was, and whether anybody is
at its address."""

from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message as Part
from uuid import UUID

from services.notification.sending.mail import is_nobody


@dataclass(frozen=True)
class Bounce:
    """`message_id` is ours, out of the header of what was sent."""

    message_id: UUID
    nobody_there: bool


def bounce_of(mail: bytes) -> Bounce | None:
    """What a mail server reports in this mail; None where it reports no lasting failure of a
    message of ours. Who only knows an address cannot make one up: the id is in our mail alone."""
    parts = list(message_from_bytes(mail).walk())
    status = next((code for part in parts if (code := _failed_with(part))), None)
    id = next((id for part in parts if (id := _id_of_ours(part))), None)
    if status is None or id is None:
        return None
    return Bounce(id, is_nobody(status))


def _failed_with(part: Part) -> str | None:
    """The status of a recipient that was given up, such as `5.1.1`."""
    if part.get("Action", "").strip().lower() != "failed":
        return None
    status = str(part.get("Status", "")).split(" ", 1)[0].strip()
    return status if status.startswith("5.") else None


def _id_of_ours(part: Part) -> UUID | None:
    """By the `Message-ID` of the mail that came back, or of its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        part = message_from_string(str(part.get_payload()))
    name = str(part.get("Message-ID", "")).strip().strip("<>").partition("@")[0]
    try:
        return UUID(name)
    except ValueError:
        return None
