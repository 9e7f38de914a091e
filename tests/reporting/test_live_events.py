"""The live stream, read over a real socket as browsers do."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from deploy.local.ports import free_port
from services.reporting import live_events, live_feed
from services.reporting.app import make_app
from services.reporting.live_feed import Happened, LiveFeed
from shared.bus.connection import connect
from shared.bus.report_events import report_message
from shared.bus.streams import declare
from shared.database.columns import now
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from tests.reporting.conftest import Bearer
from tests.reporting.factory import CITY, CITY_ADMIN, PAPUA, ROADS, ROADS_OFFICER


@asynccontextmanager
async def listening(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    config = uvicorn.Config(
        make_app(settings), port=port, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield client
    server.should_exit = True
    await serving


async def tell(settings: Settings, number: int, handler_id: int) -> None:
    """Publish what the relay would."""
    message = report_message(
        ReportEvent(
            number=number,
            version=2,
            event="verified",
            action=Action.VERIFY,
            actor_kind=ActorKind.STAFF,
            at=now(),
            from_status=Status.UNVERIFIED,
            status=Status.VERIFIED,
            tab=Tab.AWAITING_FOLLOW_UP,
            handler_id=handler_id,
            chain=(handler_id,),
            copies=(),
            channel="website",
            system=None,
            held=False,
            overdue=False,
            due_at=None,
            auto_close_at=None,
            details={"to_handler": handler_id},
        )
    )
    bus = await connect(settings.nats_url, "test")
    await bus.publish(
        message.subject, message.body, msg_id=message.message_id, headers=message.headers
    )
    await bus.close()


async def first(lines: AsyncIterator[str], begin: str) -> str:
    async with asyncio.timeout(120):
        async for line in lines:
            if line.startswith(begin):
                return line.removeprefix(begin)
    raise AssertionError("the stream ended")


async def next_event(lines: AsyncIterator[str]) -> tuple[int, dict[str, Any]]:
    """The fields of the next event, whatever their order, as a browser puts them together."""
    fields: dict[str, str] = {}
    async with asyncio.timeout(120):
        async for line in lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                assert fields["event"] == "report"
                return int(fields["id"]), json.loads(fields["data"])
            else:
                fields = {}
    raise AssertionError("the stream ended")


@pytest.fixture
async def streams(settings: Settings) -> None:
    await declare(settings.nats_url)


@pytest.mark.usefixtures("streams")
async def test_staff_see_what_happens_in_their_subtree_and_go_on_after_a_break(
    settings: Settings, bearer: Bearer
) -> None:
    header = bearer(CITY_ADMIN)
    async with listening(settings) as client:
        async with client.stream("GET", "/events", headers=header) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            await first(lines, "retry: ")
            await tell(settings, 71, PAPUA)
            await tell(settings, 72, ROADS)
            place, event = await next_event(lines)
        assert (event["number"], event["status"], event["handler_id"]) == (72, "VERIFIED", ROADS)
        assert set(event) == {
            *["number", "version", "event", "status", "tab", "handler_id", "overdue", "at"]
        }
        await tell(settings, 73, ROADS)  # while nobody reads
        await tell(settings, 74, CITY)
        again = {**header, "Last-Event-ID": str(place)}
        async with client.stream("GET", "/events", headers=again) as answer:
            lines = answer.aiter_lines()
            assert (await next_event(lines))[1]["number"] == 73
            assert (await next_event(lines))[1]["number"] == 74
        lost = {**header, "Last-Event-ID": "999999"}
        async with client.stream("GET", "/events", headers=lost) as answer:
            assert await first(answer.aiter_lines(), "event: ") == "missed"


@pytest.mark.usefixtures("streams")
async def test_a_quiet_stream_says_that_it_lives(
    settings: Settings, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_events, "HEARTBEAT", 0.2)
    async with (
        listening(settings) as client,
        client.stream("GET", "/events", headers=bearer(ROADS_OFFICER)) as answer,
    ):
        assert await first(answer.aiter_lines(), ": ") == "alive"


async def test_without_nats_it_is_said_so(settings: Settings, bearer: Bearer) -> None:
    away = settings.model_copy(update={"nats_url": "nats://127.0.0.1:1"})
    async with listening(away) as client:
        answer = await client.get("/events", headers=bearer(CITY_ADMIN))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


@pytest.mark.usefixtures("streams")
async def test_who_does_not_take_events_is_let_go_and_comes_back_where_they_were(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_feed, "KEPT", 2)
    feed = LiveFeed(settings.nats_url)
    numbers: list[int] = []
    try:
        async with feed.reading(None) as reading:
            for number in (1, 2, 3):
                await tell(settings, 10_000_000 + number, CITY)
            await asyncio.sleep(0.5)  # nobody takes them
            while not reading.over:
                happened = await reading.next(5)
                assert isinstance(happened, Happened)
                numbers.append(happened.event.number)
        assert isinstance(happened, Happened)
        async with feed.reading(happened.position) as reading:
            further = await reading.next(5)
            assert isinstance(further, Happened) and not reading.missed
            numbers.append(further.event.number)
    finally:
        await feed.close()
    assert numbers == [10_000_001, 10_000_002, 10_000_003]
