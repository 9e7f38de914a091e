"""Sends text messages by the gateway's HTTP contract (docs/integrating/sms-gateway.md)."""

from uuid import UUID

import httpx
import orjson

from services.notification.sending.errors import ProviderAway, TryAgain, Undeliverable
from shared.clock import now
from shared.http.gateway_signatures import signed_headers

TIMEOUT = 15.0
"""Seconds within which the gateway must answer."""
NO_GATEWAY = "none"
"""The setting of a system that sends no text messages."""


class SmsGateway:
    """Sends text messages to the gateway, which treats the same `id` twice as one message."""

    def __init__(self, url: str, secret: str) -> None:
        self._url, self._secret = url, secret
        self._http = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)

    async def send(self, id: UUID, to: str, text: str) -> str:
        """Send a text message; returns the gateway's id for it. Raises `NotDelivered`."""
        if self._url == NO_GATEWAY:
            raise Undeliverable("no_gateway")
        body = orjson.dumps({"id": str(id), "to": to, "text": text})
        signed = signed_headers(self._secret, str(id), now(), body)
        headers = {"idempotency-key": str(id), **signed}
        try:
            answer = await self._http.post(self._url, content=body, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise ProviderAway("connection") from None
        except httpx.TransportError:
            raise TryAgain("answer_lost") from None
        return _taken(answer)

    async def close(self) -> None:
        await self._http.aclose()


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
        raise Undeliverable(reason, nobody_there=nobody)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise ProviderAway("busy" if answer.status_code == 429 else "failing")
    raise Undeliverable("rejected")


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return ""
