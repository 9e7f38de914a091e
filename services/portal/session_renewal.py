"""Renewing a session: each refresh token works once, though several pages ask at the same time."""

import asyncio
import hashlib
import time

from fastapi import Request

from services.portal.answers import answer_as
from services.portal.contracts.intake import SignedIn as ReporterSignedIn
from services.portal.contracts.routing import SignedIn as StaffSignedIn
from services.portal.service_calls import Service, Services
from services.portal.sessions import TokenPair

GRACE = 600.0
"""Seconds the answer is kept for the other pages of the same browser."""

PATHS: dict[Service, str] = {"routing": "/refresh", "intake": "/reporters/refresh"}
ANSWERS: dict[Service, type[StaffSignedIn] | type[ReporterSignedIn]] = {
    "routing": StaffSignedIn,
    "intake": ReporterSignedIn,
}


class Renewal:
    """One at a time per token. The answers live in this process's memory only."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._under_way: dict[bytes, tuple[float, asyncio.Task[TokenPair]]] = {}

    async def of(self, request: Request, service: Service, refresh: str) -> TokenPair:
        """The new pair for this refresh token. Raises the service's refusal."""
        now = time.monotonic()
        self._under_way = {k: v for k, v in self._under_way.items() if v[0] > now - GRACE}
        name = hashlib.sha256(refresh.encode()).digest()
        if name not in self._under_way:
            task = asyncio.create_task(self._ask(request, service, refresh))
            self._under_way[name] = (now, task)
        return await asyncio.shield(self._under_way[name][1])

    async def _ask(self, request: Request, service: Service, refresh: str) -> TokenPair:
        answer = await self._services.call(
            request, service, "POST", PATHS[service], json={"refresh_token": refresh}
        )
        renewed = answer_as(ANSWERS[service], answer)
        return TokenPair(access=renewed.access_token, refresh=renewed.refresh_token)
