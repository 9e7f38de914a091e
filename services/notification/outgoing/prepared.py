"""What becomes of a message when it is made ready: it is handed over, or nothing is sent."""

from dataclasses import dataclass
from uuid import UUID

from services.notification.messages.texts import MessageText
from shared.documents.a4 import A4
from shared.labels.catalogue import Language


@dataclass(frozen=True)
class Outgoing:
    """A message ready to be handed over. `unsubscribe` is the token of the link that ends all."""

    id: UUID
    to: str
    text: MessageText
    language: Language
    unsubscribe: UUID | None
    document: A4 | None = None
    """Goes with a mail, as a PDF."""


@dataclass(frozen=True)
class NotAnyMore:
    """Nothing is sent: the contact was ended or changed, or something else was chosen, after the
    row was written. A text message of the evening waits for the morning."""

    reason: str
