"""Streams as they were: what is unread is read once, what was told is known as a repeat."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.backup.streams import copy_streams, restore_streams
from deploy.errors import StackError
from deploy.local.nats import Nats
from deploy.local.ports import free_port
from shared.bus.connection import Bus, connect
from shared.bus.pull import Pull
from shared.bus.streams import FOLLOWUP, declare
from tests.backup.conftest import Source
from tests.deadlines import READY_WITHIN

SUBJECT = "lapor.v1.report.verified"
REPLY = "lapor.v1.ingest.dukcapil.reply"


@pytest.fixture
async def before(source: Source) -> AsyncIterator[Bus]:
    bus = await connect(source.nats.url, "test", patience=10)
    yield bus
    await bus.close()


@pytest.fixture
async def elsewhere(source: Source, tmp_path: Path) -> AsyncIterator[Nats]:
    """A NATS that has nothing, of the same operator."""
    nats = Nats(
        tmp_path,
        authority=source.credentials.nats,
        port=free_port(),
        monitor_port=free_port(),
    )
    await nats.prepare()
    nats.start()
    await nats.wait_ready(READY_WITHIN)
    yield nats
    await nats.stop()


async def test_streams_come_back_with_numbers_repeats_and_what_was_read(
    before: Bus, elsewhere: Nats, tmp_path: Path
) -> None:
    await before.js.purge_stream("INGEST_MESSAGES")
    told = await before.publish(SUBJECT, b"{}", msg_id="10000001.2")
    for number in range(3):
        await before.publish(REPLY, b"%d" % number, msg_id=f"reply-{number}")
    pull = await Pull.open(before, FOLLOWUP)
    [read, *_] = await pull.messages(1, wait=5)
    await read.ack_sync()
    await pull.close()
    copies = await copy_streams(before, tmp_path)
    await declare(elsewhere.url)  # as `lapor up` or `lapor migrate` may have done meanwhile
    after = await connect(elsewhere.url, "test", patience=10)
    await restore_streams(after, tmp_path, copies)
    await elsewhere.stop()  # it learns what it was told at its next start
    elsewhere.start()
    await elsewhere.wait_ready(READY_WITHIN)
    assert (await after.js.get_msg("REPORTS", told.seq)).data == b"{}"
    assert (await after.publish(SUBJECT, b"{}", msg_id="10000001.2")).duplicate
    assert (await after.js.stream_info("INGEST_MESSAGES")).state.messages == 2
    assert (await after.js.consumer_info("INGEST_MESSAGES", FOLLOWUP.name)).ack_floor is not None
    await after.close()


async def test_nobodys_messages_are_written_over(before: Bus, tmp_path: Path) -> None:
    await before.publish(SUBJECT, b"{}", msg_id="10000002.2")
    copies = await copy_streams(before, tmp_path)
    with pytest.raises(StackError, match="with messages in it already"):
        await restore_streams(before, tmp_path, copies)
