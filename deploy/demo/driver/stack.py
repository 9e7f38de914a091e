"""The running stack as the demo uses it: its services, staff, partner and ids."""

import asyncio
import json
import os
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from nats.aio.msg import Msg

from deploy.credentials import load_or_create, stack_settings
from deploy.demo.country import STAFF
from deploy.demo.driver.api import Api, Refusal
from deploy.demo.driver.forms import Ids
from deploy.errors import StackError
from deploy.partners import register
from shared.bus.cloudevents import encode, event
from shared.bus.connection import Bus, BusUserUnknown, connect
from shared.bus.credentials import UserCredentials, parse_credentials
from shared.database.engine import Database
from shared.settings import Addresses, Settings

PUSAT = "admin.pusat"
_SYSTEM = "demo-kota"
_NAME = "Demo: Aplikasi Pengaduan Kota"
_RECEIPT_SECONDS = 90.0
_TOKEN_SECONDS = 600.0
_NUMBERS = {person.username: number for number, person in enumerate(STAFF)}


class DemoPartner:
    """Publishes messages as the partner, and waits for the receipt of each."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._receipts: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def subscribe(self) -> None:
        """Start receiving receipts."""
        await self._bus.nc.subscribe(f"lapor.v1.partner.{_SYSTEM}.receipt", cb=self._receive)
        await self._bus.nc.flush()

    async def send(self, kind: str, id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send a message and return its receipt. Raises `Refusal` with the problems that it
        names."""
        self._receipts[id] = asyncio.get_running_loop().create_future()
        headers, body = encode(event(f"id.go.lapor.{kind}", f"/{_SYSTEM}", data, id=id))
        subject = f"lapor.v1.ingest.{_SYSTEM}.{kind}"
        try:
            await self._bus.publish(subject, body, msg_id=f"{_SYSTEM}-{id}", headers=headers)
            async with asyncio.timeout(_RECEIPT_SECONDS):
                receipt = await self._receipts[id]
        except TimeoutError:
            raise Refusal("no_receipt", subject) from None
        finally:
            del self._receipts[id]
        if not receipt["accepted"]:
            problems = [f"{p['field'] or ''} {p['code']}" for p in receipt["problems"]]
            raise Refusal(", ".join(problems), subject)
        return receipt

    async def _receive(self, message: Msg) -> None:
        receipt = json.loads(message.data)["data"]
        waiting = self._receipts.get(receipt["message_id"])
        if waiting is not None and not waiting.done():
            waiting.set_result(receipt)


class Mail(Protocol):
    @property
    def to(self) -> str: ...
    @property
    def text(self) -> str: ...


class Mailbox(Protocol):
    """The mails in the stack's own mailbox, newest first."""

    def mails(self) -> Iterator[Mail]: ...


class Stack:
    """The running stack. `run` is different in each demo; unique ids are made with it."""

    ids: Ids
    partner: DemoPartner

    def __init__(
        self, settings: Settings, password: str, mailbox: Callable[[Path], Mailbox]
    ) -> None:
        self.intake = Api(settings.intake_url)
        self.routing = Api(settings.routing_url)
        self.followup = Api(settings.followup_url)
        self.notification = Api(settings.notification_url)
        here = urlsplit(settings.smtp_url).port == settings.mailbox_smtp_port
        self.mailbox = mailbox(settings.data_dir) if here else None
        self.sms_secret = settings.sms_secret
        self.settings = settings
        self.password = password
        self.run = secrets.token_hex(4)
        self._tokens: dict[str, tuple[str, float]] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, username: str) -> str:
        """Return a staff member's access token, renewed before it expires."""
        async with self._locks[username]:
            token, until = self._tokens.get(username, ("", 0.0))
            if until < time.monotonic():
                # Each office has its own address, in the block for benchmarks (RFC 2544).
                third, fourth = divmod(_NUMBERS[username], 250)
                body = {"username": username, "password": self.password}
                answer = await self.routing.post(
                    "/sign-in", body, address=f"198.19.{third}.{fourth + 1}"
                )
                token, until = answer["access_token"], time.monotonic() + _TOKEN_SECONDS
                self._tokens[username] = token, until
            return token

    async def pages(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return all items of a list of routing, as pusat sees it."""
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
    """Return the address of a reporter: each has another one from the block for benchmarks."""
    return f"198.18.{index // 250 % 256}.{index % 250 + 1}"


@asynccontextmanager
async def open_stack(mailbox: Callable[[Path], Mailbox]) -> AsyncIterator[Stack]:
    """Open the stack that runs on this machine; `mailbox` returns the mails of a data folder.
    Raises `StackError` if none runs."""
    settings = stack_settings()
    data_dir = Addresses().data_dir
    if not (data_dir / "secrets.env").exists():
        raise StackError("The demo acts as the demo's staff: it needs a stack of `lapor up`.")
    stack = Stack(settings, load_or_create(data_dir).demo, mailbox)
    async with AsyncExitStack() as opened:
        for api in (stack.intake, stack.routing, stack.followup, stack.notification):
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
        agencies={row["code"]: row["id"] for row in await stack.pages("/agencies")},
        categories={row["code"]: row["id"] for row in categories},
        tags={(row["category_id"], row["name"]): row["id"] for row in tags},
        programmes={row["name"]: row["id"] for row in programmes},
    )


@asynccontextmanager
async def open_partner(settings: Settings) -> AsyncIterator[DemoPartner]:
    """Open the partner, registering it as an operator does if necessary. Its credentials are kept
    in the data folder, readable only by our user."""
    path, url = settings.data_dir / "demo-partner.creds", settings.nats_url
    try:
        credentials = parse_credentials(path.read_text())
        bus = await connect(url, "demo-partner", patience=10, credentials=credentials)
    except (FileNotFoundError, BusUserUnknown):  # a new database, or another system's keys
        credentials = await _register(settings, path)
        bus = await connect(url, "demo-partner", patience=10, credentials=credentials)
    try:
        partner = DemoPartner(bus)
        await partner.subscribe()
        yield partner
    finally:
        await bus.close()


async def _register(settings: Settings, path: Path) -> UserCredentials:
    """Register the partner or rotate its keys, and return its new credentials."""
    database = Database(settings.database_url, pool_size=1, application="lapor-demo")
    try:
        async with database.session() as session:
            active = {p.system for p in await register.partners(session) if p.active}
        if _SYSTEM in active:
            credentials = await register.rotate(database, settings, _SYSTEM)
        else:
            credentials = await register.add(database, settings, _NAME, _SYSTEM)
    finally:
        await database.dispose()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(credentials.nats.file)
    return credentials.nats
