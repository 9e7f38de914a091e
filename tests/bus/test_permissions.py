"""Every process does its own work on the bus, and nothing else, with its own credentials."""

import asyncio

import pytest
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout

from services.reporting.live_feed import LiveFeed
from shared.bus.addresses import with_credentials
from shared.bus.connection import Bus, connect
from shared.bus.pull import Pull
from shared.bus.streams import FOLLOWUP, INTAKE, LAUNCHER, STATISTICS, WEBHOOKS, Durable
from tests.bus.conftest import Server

_SUBJECTS = {
    "intake": (INTAKE, "lapor.v1.ingest.dukcapil.report"),
    "followup": (FOLLOWUP, "lapor.v1.ingest.dukcapil.reply"),
    "worker": (LAUNCHER, "lapor.v1.report.submitted"),
}


def _url(server: Server, process: str) -> str:
    return with_credentials(server.address, server.nats.authority.user(process))


@pytest.mark.parametrize("process", _SUBJECTS)
async def test_a_reader_reads_its_own_and_announces_what_it_gives_up(
    server: Server, bus: Bus, process: str
) -> None:
    durable, subject = _SUBJECTS[process]
    await bus.publish(subject, b"{}", msg_id="1")
    own = await connect(_url(server, process), process, patience=10)
    await _reads(own, durable)
    assert (await own.publish("lapor.v1.dead.X", b"{}", msg_id="2")).stream == "DEAD_LETTERS"
    with pytest.raises(NatsTimeout):
        await own.js.publish("lapor.v1.partner.dukcapil.receipt", b"{}", timeout=1)
    await own.close()


async def test_intake_looks_at_what_was_given_up_and_takes_it_out(server: Server, bus: Bus) -> None:
    ack = await bus.publish("lapor.v1.ingest.dukcapil.report", b"{}", msg_id="1")
    own = await connect(_url(server, "intake"), "intake", patience=10)
    assert (await own.js.get_msg("INGEST_REPORTS", ack.seq)).data == b"{}"
    assert await own.js.delete_msg("INGEST_REPORTS", ack.seq)
    with pytest.raises(NatsTimeout):
        await own.nc.request("$JS.API.STREAM.PURGE.REPORTS", b"", timeout=1)
    await own.close()


async def test_downloads_reads_for_webhooks_and_statistics_and_the_relay_tells(
    server: Server,
) -> None:
    relay = await connect(_url(server, "relay"), "relay", patience=10)
    await relay.publish("lapor.v1.report.verified", b"{}", msg_id="1")
    await relay.publish("lapor.v1.partner.dukcapil.receipt", b"{}", msg_id="2")
    own = await connect(_url(server, "downloads"), "downloads", patience=10)
    for durable in (WEBHOOKS, STATISTICS):
        await _reads(own, durable)
    await own.close()
    with pytest.raises(NatsTimeout):
        await relay.js.publish("lapor.v1.ingest.dukcapil.report", b"{}", timeout=1)
    await relay.close()


async def test_reporting_follows_what_happens_and_cannot_say_anything(
    server: Server, bus: Bus
) -> None:
    feed = LiveFeed(_url(server, "reporting"))
    async with asyncio.timeout(30), feed.reading(0) as reading:
        await bus.publish("lapor.v1.report.verified", b"{}", msg_id="1")
        message = await reading._messages.get()
        assert isinstance(message, Msg) and message.data == b"{}"
    own = await feed.connected()
    with pytest.raises((NatsError, TimeoutError)):
        await own.js.publish("lapor.v1.report.closed", b"{}", timeout=1)
    await feed.close()


async def _reads(bus: Bus, durable: Durable) -> None:
    pull = await Pull.open(bus, durable)
    [message] = await pull.messages(1, 5)
    await message.ack_sync()
    await pull.close()
