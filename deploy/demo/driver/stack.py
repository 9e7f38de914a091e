"""The running stack as the demo reaches it: its services, its staff, the partner, the ids."""

import asyncio
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from deploy.demo.driver.api import Api
from deploy.demo.driver.forms import Ids
from deploy.demo.driver.partner import DemoPartner, open_partner
from deploy.demo.staff import STAFF
from deploy.local.credentials import load_or_create, stack_settings
from deploy.local.errors import StackError
from shared.settings import Addresses, Settings

PUSAT = "admin.pusat"
_TOKEN_SECONDS = 600.0
_NUMBERS = {person.username: number for number, person in enumerate(STAFF)}


class Stack:
    """`run` is different in each demo: ids that must not come twice are made of it."""

    ids: Ids
    partner: DemoPartner

    def __init__(self, settings: Settings, password: str) -> None:
        self.intake = Api(settings.intake_url)
        self.routing = Api(settings.routing_url)
        self.followup = Api(settings.followup_url)
        self.sms_secret = settings.sms_secret
        self.password = password
        self.run = secrets.token_hex(4)
        self._tokens: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, username: str) -> str:
        """A staff member's access token, renewed before it ends."""
        async with self._locks[username]:
            token, until = self._tokens.get(username, ("", 0.0))
            if until < time.monotonic():
                # Each office from an address of its own, in the block for benchmarks (RFC 2544).
                third, fourth = divmod(_NUMBERS[username], 250)
                body = {"username": username, "password": self.password}
                answer = await self.routing.post(
                    "/sign-in", body, address=f"198.19.{third}.{fourth + 1}"
                )
                token, until = answer["access_token"], time.monotonic() + _TOKEN_SECONDS
                self._tokens[username] = token, until
            return token

    async def as_staff(self, api: Api, username: str, path: str, **parameters: Any) -> Any:
        """What a service shows a staff member."""
        return await api.get(path, await self.token(username), **parameters)

    async def pages(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """All items of a list of routing, as pusat sees it."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            token = await self.token(PUSAT)
            page = await self.routing.get(path, token, limit=100, **parameters, **cursor)
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}


def reporter_address(index: int) -> str:
    """Where a reporter calls from: each from another address of the block for benchmarks."""
    return f"198.18.{index // 250 % 256}.{index % 250 + 1}"


@asynccontextmanager
async def open_stack() -> AsyncIterator[Stack]:
    """The stack that runs on this machine. Raises `StackError` when none does."""
    settings = stack_settings()
    data_dir = Addresses().data_dir
    if not (data_dir / "secrets.env").exists():
        raise StackError("The demo acts as the demo's staff: it needs a stack of `lapor up`.")
    stack = Stack(settings, load_or_create(data_dir).demo)
    async with AsyncExitStack() as opened:
        for api in (stack.intake, stack.routing, stack.followup):
            await opened.enter_async_context(api.client)
        try:
            await stack.routing.client.get("/healthz")
        except httpx.TransportError:
            url = settings.routing_url
            raise StackError(f"Nothing answers at {url}: start a stack with `lapor up`.") from None
        stack.ids = await _ids(stack)
        stack.partner = await opened.enter_async_context(open_partner(settings))
        yield stack


async def _ids(stack: Stack) -> Ids:
    token = await stack.token(PUSAT)
    lists = ("/categories", "/tags", "/programmes")
    categories, tags, programmes = [
        answer["items"]
        for answer in await asyncio.gather(*(stack.routing.get(path, token) for path in lists))
    ]
    return Ids(
        agencies={one["code"]: one["id"] for one in await stack.pages("/agencies")},
        categories={one["code"]: one["id"] for one in categories},
        tags={(one["category_id"], one["name"]): one["id"] for one in tags},
        programmes={one["name"]: one["id"] for one in programmes},
    )
