"""The morning's digests of very many people, until SMTP has accepted the last one, beside as many
mails that are there already; and the memory of the process that writes and sends them."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import uuid4

import aiosmtplib
import psutil
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.figures import Figure, at_most
from benchmarks.mail_server import MailServer
from benchmarks.measuring import seconds_computed, seconds_of
from benchmarks.part import Size
from benchmarks.reachable import employ
from benchmarks.run import say
from benchmarks.stack import running, start
from services.notification.digest import names
from services.notification.digest.names import DigestRun
from services.notification.messages.digest_text import text_of_digest
from services.notification.sending.mail import CONNECTIONS
from services.notification.sending.mail_layout import mail_of
from services.notification.sending.retry_names import TASK_QUEUE
from shared.lifecycle.calendar import Zone

AIM = 600 / 100_000
"""Seconds for each: a hundred thousand in ten minutes."""
FLAT = at_most(1.1)
FLOOR_AT_MOST = 10_000
"""Mails by which the floor is measured: each costs the same."""
BEFORE_ALL = -1
"""All agencies come after it; and a run that goes on does not ask whether it is a working day."""
PATIENCE = 3_600
"""Seconds until what has not come is given up."""


async def digests(_: None, size: Size) -> list[Figure]:
    """One morning, of people at agencies of one zone. Not over midnight in WIB: digests of
    yesterday are not sent."""
    people = size.of(100_000, 2_000, 40)
    async with AsyncExitStack() as opened:
        stack = await opened.enter_async_context(running(["notification"], temporal=True))
        mail = MailServer(stack)
        await start(mail, opened)
        await employ(stack, people)
        client = await Client.connect(
            stack.addresses.temporal_address, data_converter=pydantic_data_converter
        )
        process = psutil.Process(stack.pid("notification"))
        serving = (process.pid, stack.postgres.pid)
        at_rest, held = _mebibytes(process), {False: 0.0, True: 0.0}
        begun, computed = time.perf_counter(), seconds_computed(serving)
        await _begin_morning(client)
        async with asyncio.timeout(PATIENCE):
            while (accepted := mail.count()) < people:
                late = accepted > people / 2
                held[late] = max(held[late], _mebibytes(process))
                await asyncio.sleep(0.2)
        took = time.perf_counter() - begun
        computed = seconds_computed(serving) - computed
        held[True] = max(held[True], _mebibytes(process))
        written = min(people, FLOOR_AT_MOST)
        bare_computed = time.process_time()
        bare = await seconds_of(_send_bare(mail.port, written))
        bare_computed = time.process_time() - bare_computed
    first, second = held[False] or at_rest, held[True]
    say(f"notification: {at_rest:.0f} MiB at rest, {first:.0f} until half, {second:.0f} at the end")
    ours, floor = people / took, written / bare
    cost, floor_cost = computed / people * 1_000, bare_computed / written * 1_000
    floor_is = f"mails that are there, aiosmtplib, {CONNECTIONS} connections"
    soon = at_most(AIM * people, "s")
    until_half = f"until half of them; {at_rest:.0f} at rest"
    return [
        Figure(f"{people:,} digests, until SMTP has the last", "s", took, took, aim=soon),
        Figure("digests written and accepted", "per s", ours, ours / floor, floor, floor_is),
        Figure(
            "computing for one, with Postgres", "ms", cost, cost / floor_cost, floor_cost, floor_is
        ),
        Figure(
            "most memory of notification",
            "MiB",
            second,
            second / first,
            first,
            until_half,
            FLAT,
        ),
    ]


async def _begin_morning(client: Client) -> None:
    today = datetime.now(UTC).astimezone(Zone.WIB.offset).date()
    await client.start_workflow(
        names.WORKFLOW,
        DigestRun(zone=Zone.WIB, day=today, after=BEFORE_ALL),
        id=f"bench-{today}",
        task_queue=TASK_QUEUE,
    )


async def _send_bare(port: int, mails: int) -> None:
    """As the product does, by as many connections, one mail over and over."""
    owed = {"count": 4, "numbers": [10_000_001, 10_000_002, 10_000_003, 10_000_004]}
    facts = {"sections": dict.fromkeys(("late", "today", "next_day"), owed), "ordinary": 0}
    portal = "http://127.0.0.1:8000"
    mail = mail_of(
        uuid4(),
        text_of_digest(facts, portal, "id"),
        sender="LAPOR! <kabar@lapor.example>",
        to="petugas@bench.example",
        unsubscribe=f"{portal}/berhenti/{uuid4()}",
        language="id",
    )
    left = iter(range(mails))

    async def sending() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as smtp:
            for _ in left:
                await smtp.send_message(mail)

    await asyncio.gather(*(sending() for _ in range(CONNECTIONS)))


def _mebibytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20
