"""Renewing a session. Each refresh token works once, even if several pages use it at the same
time."""

import hashlib
import hmac

from fastapi import Request

from services.portal.answers import answer_as
from services.portal.contracts.intake import SignedIn as ReporterSignedIn
from services.portal.contracts.routing import SignedIn as StaffSignedIn
from services.portal.service_calls import Service, Services
from services.portal.sessions import TokenPair

PATHS: dict[Service, str] = {"routing": "/refresh", "intake": "/reporters/refresh"}
ANSWERS: dict[Service, type[StaffSignedIn] | type[ReporterSignedIn]] = {
    "routing": StaffSignedIn,
    "intake": ReporterSignedIn,
}


class Renewal:
    """Renews sessions with a key that every copy of the portal computes alike and nobody else can.
    Pages that renew the same session in parallel, through any copies, get one result."""

    def __init__(self, services: Services, cookie_secret: str) -> None:
        self._services = services
        self._secret = cookie_secret.encode()

    async def of(self, request: Request, service: Service, refresh: str) -> TokenPair:
        """Return the new pair for this refresh token. Raises the service's refusal."""
        named = b"renewal\0" + refresh.encode()
        key = hmac.digest(self._secret, named, hashlib.sha256).hex()
        body = {"refresh_token": refresh, "renewal_key": key}
        answer = await self._services.call(request, service, "POST", PATHS[service], json=body)
        renewed = answer_as(ANSWERS[service], answer)
        return TokenPair(access=renewed.access_token, refresh=renewed.refresh_token)
