"""The panel before routing and followup, in this process: pages read, their forms sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

from services.portal.app import create
from shared.settings import Settings
from tests.portal.beside_one_service import served
from tests.routing.conftest import PASSWORD
from tests.routing.country import Country

_NOWHERE = "http://127.0.0.1:9"


@dataclass
class Panel:
    """What one person has before them."""

    http: httpx.AsyncClient
    page: Any = None
    path: str = ""

    async def opens(self, path: str) -> int:
        """The answer's status."""
        return await self._ask("GET", path)

    async def sends(self, action: str, **fields: str) -> int:
        """The form of the page with this action, its fields filled in; the answer's status."""
        form = next(each for each in self.page.forms if each.get("action") == action)
        return await self._ask("POST", action, data=dict(form.form_values()) | fields)

    @property
    def reads(self) -> str:
        [main] = self.page.xpath("//main")
        return " ".join(main.text_content().split())

    async def _ask(self, method: str, path: str, **content: Any) -> int:
        answer = await self.http.request(method, path, follow_redirects=True, **content)
        if answer.text:
            self.page, self.path = html.fromstring(answer.text), answer.url.raw_path.decode()
        return answer.status_code


@asynccontextmanager
async def signed_in(
    country: Country, username: str, *, intake: str = _NOWHERE
) -> AsyncIterator[Panel]:
    """Somebody of the demo who has just signed in."""
    async with served(country.app) as routing, served(country.followup_app) as followup:
        portal = create(
            Settings(
                intake_url=intake,
                routing_url=routing,
                followup_url=followup,
                reporting_url=_NOWHERE,
                notification_url=_NOWHERE,
                cookie_secret="c" * 44,
            )
        )
        transport = httpx.ASGITransport(portal)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://portal") as http:
                panel = Panel(http)
                await panel.opens("/panel/masuk")
                await panel.sends("/panel/masuk", username=username, password=PASSWORD)
                yield panel
        finally:
            await portal.state.services.close()
