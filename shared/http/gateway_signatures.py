"""Signatures between the SMS gateway and us: Standard Webhooks, HMAC-SHA256 of id, time and
body."""

from datetime import UTC, datetime

from standardwebhooks import Webhook


def signing(secret: str) -> Webhook:
    """The object that signs and verifies. `secret` is `whsec_` and base64, as Standard Webhooks
    writes it, or any other string as it is."""
    return Webhook(secret if secret.startswith("whsec_") else secret.encode())


def signed_headers(secret: str, id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a JSON message with this id, sent at this time."""
    at = at.astimezone(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signing(secret).sign(id, at, body.decode()),
    }
