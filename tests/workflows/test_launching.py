"""From the outbox over NATS to a running workflow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from temporalio.client import Client
from temporalio.service import RPCError

from shared.bus.connection import Bus
from shared.bus.streams import PARTNERS, REPORTS
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.settings import Settings
from shared.temporal.names import workflow_id
from shared.temporal.report_gateway import ReportGateway
from tests.conftest import SettingsOf, UrlOf
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows.launcher import Launcher, make_consumer
from workflows.relay import relay


@pytest.fixture
def relay_settings(settings_for: SettingsOf, fresh_database: UrlOf) -> Settings:
    url = fresh_database("lapor_relay")
    return settings_for("lapor_relay").model_copy(update={"database_url": url})


@asynccontextmanager
async def _relaying(settings: Settings) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    running = asyncio.create_task(relay(settings, stopping))
    yield
    stopping.set()
    await running


async def test_an_accepted_report_gets_its_run(
    reports: Reports,
    relay_settings: Settings,
    worker_settings: Settings,
    bus: Bus,
    worker: None,
    worker_database: Database,
    gateway: ReportGateway,
    client: Client,
) -> None:
    state = await reports.accept()
    launcher = Launcher(worker_database, gateway)
    consumer = make_consumer(bus, launcher, worker_database, worker_settings)
    consuming = asyncio.create_task(consumer.run())
    async with _relaying(relay_settings):
        await _until(reports, "SELECT launched_at IS NOT NULL FROM lifecycle.report")
        await _until(reports, "SELECT count(*) = 0 FROM lifecycle.outbox")
    consumer.stop()
    await consuming
    described = await client.get_workflow_handle(workflow_id(state.number)).describe()
    assert described.id == workflow_id(state.number)


async def test_a_report_that_has_gone_on_is_not_launched_again(
    reports: Reports,
    relay_settings: Settings,
    worker_settings: Settings,
    bus: Bus,
    worker_database: Database,
    gateway: ReportGateway,
    client: Client,
) -> None:
    state = await reports.accept()
    await reports.value(
        "UPDATE lifecycle.report SET version = 2, launched_at = now() RETURNING number"
    )
    launcher = Launcher(worker_database, gateway)
    consumer = make_consumer(bus, launcher, worker_database, worker_settings)
    consuming = asyncio.create_task(consumer.run())
    async with _relaying(relay_settings):
        await _until(reports, "SELECT count(*) = 0 FROM lifecycle.outbox")
        for _ in range(50):
            info = await bus.js.consumer_info(REPORTS.name, "launcher")
            if info.num_pending == 0 and info.num_ack_pending == 0:
                break
            await asyncio.sleep(0.1)
    consumer.stop()
    await consuming
    with pytest.raises(RPCError):
        await client.get_workflow_handle(workflow_id(state.number)).describe()


async def test_events_of_a_report_arrive_once_and_in_order(
    reports: Reports,
    relay_settings: Settings,
    bus: Bus,
    worker: None,
    gateway: ReportGateway,
) -> None:
    numbers = []
    for _ in range(3):
        state = await reports.accept(system="sipp")
        numbers.append(state.number)
        for action, actor, details in (
            (Action.VERIFY, PROVINCE_ADMIN, {}),
            (Action.FOLLOW_UP, DINAS_OFFICER, FOLLOW_UP),
            (Action.HOLD, PROVINCE_ADMIN, {}),
        ):
            state = await reports.state(state.number)
            at = state.last_step_at
            outcome = await gateway.send(
                await reports.command(state, action, actor, at, **details), state
            )
            assert outcome is not None
            assert outcome.done
    async with _relaying(relay_settings), _relaying(relay_settings):  # the second one waits
        await _until(reports, "SELECT count(*) = 0 FROM lifecycle.outbox")
    events = await _read(bus, "lapor.v1.report.>")
    for number in numbers:
        mine = [(t["version"], t["event"]) for t in events if t["number"] == number]
        assert mine == [(1, "submitted"), (2, "verified"), (3, "followed_up"), (4, "held")]
    partner = await _read(bus, "lapor.v1.partner.sipp.event")
    assert [t["event"] for t in partner if t["number"] == numbers[0]] == [
        "verified",
        "followed_up",
        "held",
    ]
    assert partner[0]["external_id"] == f"ext-{numbers[0]}"
    assert str(partner[0]["url"]).endswith(f":1/reports/{numbers[0]}")


async def _read(bus: Bus, subject: str) -> list[dict[str, object]]:
    stream = PARTNERS.name if "partner" in subject else REPORTS.name
    subscription = await bus.js.pull_subscribe(subject, stream=stream)
    pending = (await subscription.consumer_info()).num_pending
    messages = await subscription.fetch(pending or 1, timeout=5)
    await subscription.unsubscribe()
    return [orjson.loads(message.data)["data"] for message in messages]


async def _until(reports: Reports, query: str) -> None:
    for _ in range(200):
        if await reports.value(query):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(query)
