"""Webhooks: an agency's own system is told, signed, again until it answers, and only of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import uvicorn
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.ports import free_port
from services.reporting.webhooks import sending
from services.reporting.webhooks.destination import is_public
from services.reporting.webhooks.working import webhooks_working
from shared.bus import declare
from shared.bus.connection import Bus, connect
from shared.bus.report_events import report_message
from shared.database.columns import now
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status, Tab
from shared.settings import Settings
from shared.temporal.client import connect_patiently
from tests.reporting.conftest import Bearer, running
from tests.reporting.factory import (
    CITY,
    CITY_ADMIN,
    HEALTH,
    HEALTH_ADMIN,
    PAPUA,
    PAPUA_ADMIN,
    ROADS,
    ROADS_OFFICER,
)

SHORT = (0.2, 0.2, 0.2)


@dataclass
class Receiver:
    """An agency's system: a real HTTP server that answers as it is told."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """The next statuses; afterwards 204."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.got.append((headers, body))
        status = self.answers.pop(0) if self.answers else 204
        location = [(b"location", self.url.encode())] if status == 302 else []
        await send({"type": "http.response.start", "status": status, "headers": location})
        await send({"type": "http.response.body"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    port = free_port()
    config = uvicorn.Config(receiver, port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    receiver.url = f"http://localhost:{port}/lapor"
    yield receiver
    server.should_exit = True
    await serving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks_to_private_addresses": True})


@pytest.fixture
async def bus(settings: Settings, owner_url: str) -> AsyncIterator[Bus]:
    await declare(settings.nats_url)
    bus = await connect(settings.nats_url, "test", patience=10)
    await bus.js.purge_stream("REPORTS")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("TRUNCATE reporting.webhook CASCADE")
    yield bus
    await bus.close()


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
    async with asyncio.timeout(40):
        while not await condition():
            await asyncio.sleep(0.1)


async def test_a_receiver_that_fails_at_first_gets_it_in_the_end_signed(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    listed = (await reporting.get("/webhooks", headers=header)).json()
    assert listed == [webhook]
    with psycopg.connect(owner_url) as connection:
        [stored] = connection.execute("SELECT secret FROM reporting.webhook").fetchall()
    assert secret.encode() not in stored[0]

    receiver.answers = [500, 302]
    async with telling(settings):
        await tell(bus, event(10_000_001, ROADS, chain=(CITY, ROADS), due_at=now()))

        async def arrived() -> bool:
            return bool(await deliveries(reporting, header, webhook, state="delivered"))

        await until(arrived)
    [delivery] = await deliveries(reporting, header, webhook)
    assert [(a["attempt"], a["status"]) for a in delivery["attempts"]] == [
        *[(1, 500), (2, 302), (3, 204)]
    ]
    assert all(a["ms"] >= 0 and a["error"] is None for a in delivery["attempts"])
    assert (delivery["state_label"], delivery["number"]) == ("Terkirim", 10_000_001)
    assert len(receiver.got) == 3
    assert {headers["webhook-id"] for headers, _ in receiver.got} == {delivery["message_id"]}
    for headers, body in receiver.got:
        told = Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    assert told["type"] == "report.verified"
    assert told["data"]["handler_id"] == ROADS
    assert told["data"]["url"] == f"{settings.routing_url}/reports/10000001"
    assert set(told["data"]) == {
        *("number", "version", "event", "action", "actor_kind", "at", "from_status", "status"),
        *("tab", "handler_id", "chain", "channel", "held", "overdue", "due_at", "auto_close_at"),
        "url",
    }


async def test_each_hears_of_its_own_subtree_once_and_of_what_leaves_it(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
) -> None:
    city = await subscribe(reporting, bearer(CITY_ADMIN), receiver.url)
    health = await subscribe(reporting, bearer(CITY_ADMIN), receiver.url, agency=HEALTH)
    papua = await subscribe(reporting, bearer(PAPUA_ADMIN), receiver.url)
    for_health, for_papua = event(21, HEALTH), event(22, PAPUA)
    away = event(23, PAPUA, details={"from_handler": ROADS, "to_handler": PAPUA})
    before = event(24, ROADS, at=now().replace(year=2020))
    async with telling(settings):
        for happened in (for_health, for_papua, away, before, for_health, event(25, CITY)):
            await tell(bus, happened)

        async def all_there() -> bool:
            found = [
                await deliveries(reporting, bearer(CITY_ADMIN), city, state="delivered"),
                await deliveries(reporting, bearer(PAPUA_ADMIN), papua, state="delivered"),
            ]
            return [len(each) for each in found] == [3, 2]

        await until(all_there)

    async def numbers(staff: int, webhook: dict[str, Any]) -> set[int]:
        return {d["number"] for d in await deliveries(reporting, bearer(staff), webhook)}

    assert await numbers(CITY_ADMIN, city) == {21, 23, 25}
    assert await numbers(CITY_ADMIN, health) == {21}
    assert await numbers(PAPUA_ADMIN, papua) == {22, 23}
    assert len(receiver.got) == 6
    path, page = f"/webhooks/{city['id']}/deliveries", []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = (await reporting.get(path, headers=bearer(CITY_ADMIN), params=query)).json()
        page += [d["number"] for d in answer["items"]]
        if (cursor := answer["next"]) is None:
            break
    assert sorted(page) == [21, 23, 25]


async def test_one_that_never_answers_fails_and_is_sent_again_when_asked(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
) -> None:
    header = bearer(HEALTH_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    receiver.answers = [503] * 4
    async with telling(settings):
        await tell(bus, event(31, HEALTH))

        async def failed() -> bool:
            return bool(await deliveries(reporting, header, webhook, state="failed"))

        await until(failed)
        [delivery] = await deliveries(reporting, header, webhook)
        assert [a["status"] for a in delivery["attempts"]] == [503] * 4
        view = (await reporting.get(f"/webhooks/{webhook['id']}", headers=header)).json()
        assert view["failing_since"] is not None and view["disabled"] is None
        path = f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/resend"
        assert (await reporting.post(path, headers=bearer(PAPUA_ADMIN))).status_code == 404
        assert (await reporting.post(path, headers=header)).status_code == 202

        async def delivered() -> bool:
            return bool(await deliveries(reporting, header, webhook, state="delivered"))

        await until(delivered)
    [delivery] = await deliveries(reporting, header, webhook)
    assert [a["attempt"] for a in delivery["attempts"]] == [1, 2, 3, 4, 5]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    view = (await reporting.get(f"/webhooks/{webhook['id']}", headers=header)).json()
    assert view["failing_since"] is None


async def test_one_that_fails_for_days_or_is_gone_is_disabled_with_a_note(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    gone = await subscribe(reporting, header, receiver.url, agency=ROADS)
    failing = await subscribe(reporting, header, f"http://127.0.0.1:{free_port()}/", agency=HEALTH)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE reporting.webhook SET failing_since = now() - %s - interval '1 hour'"
            " WHERE id = %s",
            [sending.FAILING, failing["id"]],
        )
    receiver.answers = [410]

    async def disabled() -> bool:
        views = (await reporting.get("/webhooks", headers=header)).json()
        return {v["disabled"] for v in views} == {"gone", "failing"}

    async with telling(settings):
        await tell(bus, event(41, ROADS))
        await tell(bus, event(42, HEALTH))
        await until(disabled)

        async def both_over() -> bool:
            states = [
                (await deliveries(reporting, header, webhook))[0]["state"]
                for webhook in (gone, failing)
            ]
            return states == ["failed", "failed"]

        await until(both_over)
        await tell(bus, event(43, ROADS))
        await tell(bus, event(44, CITY))
        [delivery] = await deliveries(reporting, header, failing)
        assert [a["error"] for a in delivery["attempts"]] == ["connection"]
        resend = f"/webhooks/{gone['id']}/deliveries"
        [first] = await deliveries(reporting, header, gone)
        answer = await reporting.post(f"{resend}/{first['id']}/resend", headers=header)
        assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")
        enabled = await reporting.post(f"/webhooks/{gone['id']}/enable", headers=header)
        assert enabled.json()["disabled"] is None
        assert (await reporting.post(f"{resend}/{first['id']}/resend", headers=header)).is_success

        async def delivered() -> bool:
            return bool(await deliveries(reporting, header, gone, state="delivered"))

        await until(delivered)
    assert len(receiver.got) == 2


async def test_what_came_while_temporal_was_away_is_sent_later(
    reporting: httpx.AsyncClient,
    bearer: Bearer,
    settings: Settings,
    bus: Bus,
    receiver: Receiver,
    owner_url: str,
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO reporting.webhook_delivery (id, webhook_id, event_id, event, number,"
            " version, body) VALUES (gen_random_uuid(), %s, 'x', 'verified', 51, 2, '{}')",
            [webhook["id"]],
        )

    async def delivered() -> bool:
        return bool(await deliveries(reporting, header, webhook, state="delivered"))

    async with telling(settings):
        await until(delivered)


async def test_only_admins_manage_webhooks_and_only_of_their_own_subtree(
    reporting: httpx.AsyncClient, bearer: Bearer, bus: Bus
) -> None:
    url = "https://sistem.contoh.go.id/lapor"
    officer = await reporting.post("/webhooks", json={"url": url}, headers=bearer(ROADS_OFFICER))
    assert (officer.status_code, officer.json()["code"]) == (403, "webhooks_for_admins")
    beside = await reporting.post(
        "/webhooks", json={"url": url, "agency": PAPUA}, headers=bearer(CITY_ADMIN)
    )
    assert beside.status_code == 404
    webhook = await subscribe(reporting, bearer(CITY_ADMIN), url)
    path = f"/webhooks/{webhook['id']}"
    for method, at in (("GET", path), ("DELETE", path), ("GET", f"{path}/deliveries")):
        for other in (PAPUA_ADMIN, HEALTH_ADMIN):
            answer = await reporting.request(method, at, headers=bearer(other))
            assert answer.status_code == 404
    assert (await reporting.get("/webhooks", headers=bearer(HEALTH_ADMIN))).json() == []
    removed = await reporting.delete(path, headers=bearer(CITY_ADMIN))
    assert removed.status_code == 204
    assert (await reporting.get(path, headers=bearer(CITY_ADMIN))).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://sistem.contoh.go.id/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://orang:sandi@contoh.go.id/",
        "https://contoh.go.id:99999/",
        "https://contoh.go.id/#bagian",
        "ftp://contoh.go.id/",
        "https:///",
        "bukan alamat",
    ],
)
async def test_an_address_that_is_not_on_the_internet_is_refused(
    settings: Settings, bearer: Bearer, url: str
) -> None:
    strict = settings.model_copy(update={"webhooks_to_private_addresses": False})
    async with running(strict) as reporting:
        answer = await reporting.post("/webhooks", json={"url": url}, headers=bearer(CITY_ADMIN))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] in {"webhook_url", "webhook_address"}


async def test_a_name_that_leads_into_our_own_network_is_not_called(
    bearer: Bearer, settings: Settings, bus: Bus, receiver: Receiver, reporting: httpx.AsyncClient
) -> None:
    header = bearer(CITY_ADMIN)
    webhook = await subscribe(reporting, header, receiver.url)
    strict = settings.model_copy(update={"webhooks_to_private_addresses": False})

    async def failed() -> bool:
        return bool(await deliveries(reporting, header, webhook, state="failed"))

    async with telling(strict, delays=(0.1,)):
        await tell(bus, event(61, CITY))
        await until(failed)
    [delivery] = await deliveries(reporting, header, webhook)
    assert [a["error"] for a in delivery["attempts"]] == ["address", "address"]
    assert receiver.got == []


def test_what_is_on_the_internet() -> None:
    for address in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"):
        assert is_public(address), address
    for address in (
        *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1"),  # noqa: S104
        *("224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0", "fd00::1", "ff02::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ):
        assert not is_public(address), address
