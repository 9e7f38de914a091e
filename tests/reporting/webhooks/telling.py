"""An agency's own system, events as the relay publishes them, and how deliveries went."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from starlette.types import Receive, Scope, Send

from services.reporting.webhooks.tasks import webhooks_working
from shared.bus.connection import Bus
from shared.bus.report_events import report_message
from shared.database.columns import now
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from shared.temporal.client import connect_patiently

SHORT = (0.2, 0.2, 0.2)


@dataclass
class Receiver:
    """An agency's system: a real HTTP server that answers as it is told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """The next statuses; afterwards 204."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.got.append((headers, body))
        status = self.answers.pop(0) if self.answers else 204
        location = [(b"location", self.url.encode())] if status == 302 else []
        await send({"type": "http.response.start", "status": status, "headers": location})
        await send({"type": "http.response.body"})


@asynccontextmanager
async def telling(settings: Settings, delays: tuple[float, ...] = SHORT) -> AsyncIterator[None]:
    database = Database(settings.database_url)
    client = await connect_patiently(settings, "test")
    async with webhooks_working(client, database, settings, delays):
        yield
    await database.dispose()


def event(number: int, handler_id: int, **changes: Any) -> ReportEvent:
    facts = {
        "number": number,
        "version": 2,
        "event": "verified",
        "action": Action.VERIFY,
        "actor_kind": ActorKind.STAFF,
        "at": now(),
        "from_status": Status.UNVERIFIED,
        "status": Status.VERIFIED,
        "tab": Tab.AWAITING_FOLLOW_UP,
        "handler_id": handler_id,
        "chain": (handler_id,),
        "copies": (),
        "channel": "website",
        "system": None,
        "held": False,
        "overdue": False,
        "due_at": None,
        "auto_close_at": None,
        "details": {},
    }
    return ReportEvent.model_validate(facts | changes)


async def tell(bus: Bus, happened: ReportEvent, msg_id: str | None = None) -> None:
    """Publish what the relay would."""
    message = report_message(happened)
    await bus.publish(
        message.subject,
        message.body,
        msg_id=msg_id or f"{message.message_id}.{uuid4()}",
        headers=message.headers,
    )


async def subscribe(
    reporting: httpx.AsyncClient, header: dict[str, str], url: str, **more: Any
) -> dict[str, Any]:
    answer = await reporting.post("/webhooks", json={"url": url} | more, headers=header)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def deliveries(
    reporting: httpx.AsyncClient, header: dict[str, str], webhook: dict[str, Any], **query: Any
) -> list[dict[str, Any]]:
    path = f"/webhooks/{webhook['id']}/deliveries"
    answer = await reporting.get(path, headers=header, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(120):
        while not await condition():
            await asyncio.sleep(0.1)
