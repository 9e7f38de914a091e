"""A NATS of before it had keys of its own: its streams go on, its partners get new credentials."""

from pathlib import Path

import pytest
from nats.aio.client import Client
from nats.js import api

from deploy.credentials import load_or_create
from deploy.local.child import Child, first_line
from deploy.local.nats import BINARY, Nats
from deploy.local.ports import free_port
from deploy.partners.activity import activities
from deploy.partners.register import partners, remove, rotate
from services.intake.partners.model import Partner
from shared.bus.connection import connect
from shared.bus.pull import Pull
from shared.bus.streams import DURABLES, INTAKE, STREAMS, declare, partner_durable
from shared.database.engine import Database
from tests.bus.conftest import settings_of

REPORT = "lapor.v1.ingest.dukcapil.report"
RECEIPT = "lapor.v1.partner.dukcapil.receipt"


class FormerNats(Child):
    """nats-server as the version before configured it."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.port, self.config = port, data_dir / "nats" / "nats.conf"
        super().__init__("nats", data_dir, [str(BINARY), "--config", str(self.config)])

    async def prepare(self) -> None:
        self.config.parent.mkdir(parents=True)
        self.config.write_text(_CONFIG.format(port=self.port, folder=self.config.parent))

    async def is_ready(self) -> bool:
        return self.alive and (await first_line("127.0.0.1", self.port)).startswith(b"INFO")


@pytest.fixture
async def former(tmp_path: Path) -> Path:
    """A data folder of the former kind, stopped: reports that nobody read, one that was, and a
    receipt that waits for its partner."""
    (tmp_path / "secrets.env").write_text("NATS_PASSWORD=words\nNATS_SYSTEM_PASSWORD=other\n")
    server = FormerNats(tmp_path, free_port())
    await server.prepare()
    server.start()
    try:
        await server.wait_ready()
        client = Client()
        await client.connect(f"nats://lapor:words@127.0.0.1:{server.port}")
        js = client.jetstream()
        for stream in STREAMS:
            await js.add_stream(stream.config())
        for durable in (*DURABLES, partner_durable("dukcapil")):
            await js.add_consumer(durable.stream, durable.config())
        for body in (b"read", b"waits", b"waits too"):
            await js.publish(REPORT, body)
        await js.publish(RECEIPT, b"receipt")
        reading = await js.pull_subscribe_bind(INTAKE.name, INTAKE.stream)
        [message] = await reading.fetch(1)
        await message.ack_sync()
        await client.close()
    finally:
        await server.stop()
    return tmp_path


async def test_yesterdays_streams_and_what_was_read_of_them_outlast_the_change(
    former: Path, database: Database
) -> None:
    async with database.session() as session:
        for system in ("dukcapil", "kemenkes"):
            session.add(
                Partner(system=system, name=system, nkey_public="U", http_token_hash="0abc")
            )
    credentials = load_or_create(former)
    nats = Nats(former, authority=credentials.nats, port=free_port(), monitor_port=free_port())
    await nats.prepare()
    nats.start()
    try:
        await nats.wait_ready()
        await declare(nats.url)
        bus = await connect(nats.url, "test", patience=10)
        waiting = await (await Pull.open(bus, INTAKE)).messages(5, 5)
        assert [message.data for message in waiting] == [b"waits", b"waits too"]
        held = await bus.js.consumer_info("PARTNERS", "dukcapil")
        assert (held.num_pending, held.config.ack_policy) == (1, api.AckPolicy.EXPLICIT)

        settings = settings_of(credentials.application, nats.url)
        async with database.session() as session:
            known = await partners(session)
        assert [p.nats_account for p in known] == [None, None]
        assert await activities(settings, known) == {}
        given = await rotate(database, settings, "dukcapil")
        assert given.http_token == ""
        async with database.session() as session:
            stored = await session.get_one(Partner, "dukcapil")
        assert stored.http_token_hash == "0abc"
        partner = await connect(nats.address, "dukcapil", patience=10, credentials=given.nats)
        js = partner.nc.jetstream(prefix=given.api_prefix)
        [receipt] = await (await js.pull_subscribe_bind("dukcapil", "PARTNERS")).fetch(1)
        assert receipt.data == b"receipt"
        assert await remove(database, settings, "kemenkes") is None
        await partner.close()
        await bus.close()
    finally:
        await nats.stop()

    # A second start finds them where they are.
    again = load_or_create(former)
    assert again == credentials
    assert "NATS_PASSWORD" not in (former / "secrets.env").read_text()


_CONFIG = """\
server_name: lapor
listen: "127.0.0.1:{port}"
max_payload: 1MB
jetstream {{ store_dir: "{folder}/store" }}
accounts {{
  LAPOR {{ jetstream: enabled, users: [{{ user: lapor, password: words }}] }}
  SYS {{ users: [{{ user: sys, password: other }}] }}
}}
system_account: SYS
"""
