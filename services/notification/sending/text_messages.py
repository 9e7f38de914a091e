"""Text messages by the gateway's HTTP contract (docs/integrating/sms-gateway.md)."""

from datetime import UTC
from uuid import UUID

import httpx
import orjson
from standardwebhooks import Webhook as Signing

from services.notification.sending.errors import NeverDeliverable, ProviderAway, TryAgain
from shared.clock import now

TIMEOUT = 15.0
"""Seconds the gateway has to answer."""
NO_GATEWAY = "none"
"""The setting of a system that sends no text messages."""


class SmsGateway:
    """Hands text messages to the gateway; the same `id` twice is one message."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._http = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def send(self, id: UUID, to: str, text: str) -> str:
        """What the gateway calls it. Raises `NotDelivered`."""
        if self._url == NO_GATEWAY:
            raise NeverDeliverable("no_gateway")
        body = orjson.dumps({"id": str(id), "to": to, "text": text})
        at = now().astimezone(UTC)
        headers = {
            "content-type": "application/json",
            "idempotency-key": str(id),
            "webhook-id": str(id),
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signing(self._secret).sign(str(id), at, body.decode()),
        }
        try:
            answer = await self._http.post(self._url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise ProviderAway("connection") from None
        except httpx.TransportError:
            raise TryAgain("answer_lost") from None
        return _taken(answer)

    async def close(self) -> None:
        await self._http.aclose()


def signing(secret: str) -> Signing:
    """Signs, and verifies, by Standard Webhooks, as gateways that hand us messages do."""
    return Signing(secret if secret.startswith("whsec_") else secret.encode())


def _taken(answer: httpx.Response) -> str:
    if answer.status_code in (200, 202):
        try:
            return str(answer.json()["id"])[:200]
        except (ValueError, KeyError, TypeError):
            return ""
    if answer.status_code in (401, 403, 404):
        raise ProviderAway("credentials_refused")
    if answer.status_code == 422:
        nobody = _code(answer) == "number_unknown"
        reason = "no_such_number" if nobody else "rejected"
        raise NeverDeliverable(reason, nobody_there=nobody)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ProviderAway("busy" if answer.status_code == 429 else "failing")
    raise NeverDeliverable("rejected")


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return ""
