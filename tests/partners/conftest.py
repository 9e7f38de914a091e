"""Partner systems before the whole system: own NATS, services, relay, and a worker if wanted."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from nats.aio.msg import Msg
from nats.js.api import PubAck
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from deploy.documentation import asyncapi_examples
from deploy.local.ports import free_port
from deploy.partners.register import Credentials, add
from services.followup.app import make_app as make_followup
from services.intake.app import make_app as make_intake
from shared.bus.cloudevents import STRUCTURED
from shared.bus.connection import Bus, connect
from shared.database.engine import Database, raw
from shared.lifecycle.actions import Action
from shared.lifecycle.people import Actor
from shared.settings import Settings
from shared.temporal.report_gateway import ReportGateway
from tests.bus.conftest import Server, server
from tests.conftest import SettingsOf, UrlOf
from tests.workflows.country import PROVINCE, settle_country
from tests.workflows.factory import Reports
from workflows.relay import relay
from workflows.worker import make_worker

__all__ = ["server"]


SettingsFor = Callable[[str], Settings]


class Partner:
    """A partner system: it publishes, and keeps what it is told."""

    def __init__(self, bus: Bus, credentials: Credentials) -> None:
        self.bus, self.credentials, self.system = bus, credentials, credentials.system
        self.receipts: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self._told = asyncio.Condition()

    async def listen(self) -> None:
        async def hear(message: Msg) -> None:
            event = json.loads(message.data)
            kept = self.receipts if message.subject.endswith(".receipt") else self.events
            async with self._told:
                kept.append(event["data"])
                self._told.notify_all()

        await self.bus.nc.subscribe(f"lapor.v1.partner.{self.system}.*", cb=hear)
        await self.bus.nc.flush()

    async def send(
        self, kind: str, data: dict[str, Any], id: str | None = None, **changes: Any
    ) -> PubAck:
        event = asyncapi_examples.sent(kind) | {"source": f"/{self.system}", "data": data}
        event |= {"id": id or f"{kind}-{datetime.now(UTC).timestamp()}"} | changes
        return await self.send_raw(kind, json.dumps(event).encode())

    async def send_raw(
        self, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> PubAck:
        subject = f"lapor.v1.ingest.{self.system}.{kind}"
        headers = {"content-type": STRUCTURED} if headers is None else headers
        return await self.bus.js.publish(subject, body, headers=headers)

    async def receipt_for(self, ack: PubAck, kind: str = "report") -> dict[str, Any]:
        """The receipt of a message just published."""

        def found() -> list[dict[str, Any]]:
            of_report = ack.stream == "INGEST_REPORTS"
            return [
                receipt
                for receipt in self.receipts
                if receipt["sequence"] == ack.seq and (receipt["kind"] == "report") is of_report
            ]

        await self.until(found)
        return found()[0]

    async def event(self, name: str) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [event for event in self.events if event["event"] == name]

        await self.until(found)
        return found()[0]

    async def until(self, arrived: Callable[[], object], seconds: float = 20) -> None:
        async with asyncio.timeout(seconds), self._told:
            await self._told.wait_for(arrived)

    async def exchange(
        self, kind: str, data: dict[str, Any], id: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        """Send, and wait for the receipt."""
        return await self.receipt_for(await self.send(kind, data, id, **changes), kind)

    @property
    def token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.credentials.http_token}"}


class Stack:
    """The system around the bus: what a test starts of it, and the tables to look at."""

    def __init__(self, server: Server, settings: SettingsFor, owner: Database) -> None:
        self.server, self.settings, self.owner = server, settings, owner
        self.reports = Reports(owner)
        self.running = AsyncExitStack()
        self.gateway: ReportGateway

    async def partner(self, name: str) -> Partner:
        credentials = await add(self.owner, self.server.settings, name)
        bus = await connect(self.server.address, name, patience=10, credentials=credentials.nats)
        self.running.push_async_callback(bus.close)
        partner = Partner(bus, credentials)
        await partner.listen()
        return partner

    async def start_relay(self) -> None:
        stopping = asyncio.Event()
        task = asyncio.create_task(relay(self.settings("lapor_relay"), stopping))

        async def stop() -> None:
            stopping.set()
            await task

        self.running.push_async_callback(stop)

    @asynccontextmanager
    async def intake(self) -> AsyncIterator[None]:
        """The intake service at its address."""
        settings = self.settings("lapor_intake")
        server = uvicorn.Server(
            uvicorn.Config(
                make_intake(settings), port=settings.intake_port, log_config=None, ws="none"
            )
        )
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        try:
            yield
        finally:
            server.should_exit = True
            await serving

    @asynccontextmanager
    async def followup(self) -> AsyncIterator[None]:
        app = make_followup(self.settings("lapor_followup"))
        async with app.router.lifespan_context(app):
            yield

    async def start_worker(self) -> None:
        settings = self.settings("lapor_worker")
        client = await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=pydantic_data_converter,
        )
        database = Database(settings.database_url)
        self.running.push_async_callback(database.dispose)
        self.gateway = ReportGateway(client, database)
        await self.running.enter_async_context(make_worker(client, database, settings))

    async def start_all(self) -> None:
        await self.running.enter_async_context(self.intake())
        await self.running.enter_async_context(self.followup())
        await self.start_relay()
        await self.start_worker()

    async def does(self, number: int, action: Action, actor: Actor, **details: Any) -> None:
        """A step by staff."""
        state = await self.reports.state(number)
        command = await self.reports.command(state, action, actor, datetime.now(UTC), **details)
        outcome = await self.gateway.send(command, state)
        assert outcome is not None
        assert outcome.done, outcome

    async def stream(self, name: str = "INGEST_REPORTS") -> Any:
        """What JetStream says of a stream."""
        bus = await connect(self.server.url, "looks", patience=10)
        try:
            return await bus.js.stream_info(name)
        finally:
            await bus.close()

    async def rows(self, query: str, **values: Any) -> list[Any]:
        return await self.reports.rows(query, **values)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.settings("lapor_intake").intake_url) as client:
            return await client.get(path, headers=headers)


@pytest.fixture
async def owner(fresh_database: UrlOf) -> AsyncIterator[Database]:
    database = Database(fresh_database("lapor_owner"))
    await settle_country(database)
    # Workflow ids outlive a test's database.
    first = 30_000_000 + int(datetime.now(UTC).timestamp() * 10) % 10**9 * 1_000
    async with database.session() as session:
        connection = await raw(session)
        await connection.execute(
            f"ALTER SEQUENCE lifecycle.report_number RESTART WITH {first}".encode()
        )
        await connection.execute(
            "INSERT INTO routing.category (id, code, name, active)"
            " VALUES (1, 'jalan', 'Infrastruktur Jalan', true)"
        )
    yield database
    await database.dispose()


@pytest.fixture
def partner_settings(
    settings_for: SettingsOf, fresh_database: UrlOf, server: Server, tmp_path: Path
) -> SettingsFor:
    port = free_port()

    def make(role: str) -> Settings:
        changes = {
            "database_url": fresh_database(role),
            "nats_url": server.url,
            "intake_port": port,
            "intake_url": f"http://127.0.0.1:{port}",
            "storage_url": (tmp_path / "attachments").as_uri(),
        }
        return settings_for(role).model_copy(update=changes)

    return make


@pytest.fixture
async def stack(
    server: Server, partner_settings: SettingsFor, owner: Database
) -> AsyncIterator[Stack]:
    stack = Stack(server, partner_settings, owner)
    async with stack.running:
        yield stack


def report(external_id: str = "JKT/2026/0001", **changes: Any) -> dict[str, Any]:
    """A report as a partner sends it, addressed to the province."""
    own = {"external_id": external_id, "addressee": f"A{PROVINCE}"}
    return asyncapi_examples.DATA["report"] | own | changes


@pytest.fixture
async def dukcapil(stack: Stack) -> Partner:
    await stack.start_relay()
    return await stack.partner("Dukcapil")
