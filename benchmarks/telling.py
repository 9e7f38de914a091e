"""From an event to mail, while every process runs: 50 events a second, each told to a reporter."""

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

from benchmarks.accepting import submitting
from benchmarks.figures import Figure, at_most
from benchmarks.mail_server import MailServer
from benchmarks.measuring import Once, Run, at_a_rate, cpu_each, quantile, seconds_computed
from benchmarks.part import Size
from benchmarks.reachable import submit_reachable
from benchmarks.run import say
from benchmarks.stack import Stack, start
from benchmarks.stack_access import StackAccess, quiet
from deploy.local.processes import PROCESSES
from shared.bus.report_events import report_message
from shared.lifecycle.actions import Action
from shared.lifecycle.events import EVENT_OF, ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import TAB_OF, Status

RATE, ACCEPTED = 50, 20
"""A second: events that are told, and reports that are accepted beside them, each of which is
launched, told and read as well."""
AIM = at_most(2, "s")
PATIENCE = 120
"""Seconds until mail that has not come is given up."""
CLIENTS, WRITERS = 8, 16


@dataclass
class Happening:
    """Events of some reports, one report after the other, in rows as the recorder leaves them;
    `recorded`: the instant of each, by number and version."""

    pool: AsyncConnectionPool
    reports: Sequence[Mapping[str, Any]]
    recorded: dict[tuple[int, int], datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._next = itertools.count()

    async def verified(self) -> None:
        """The next report is verified (again): its reporter and its handler's staff are told."""
        async with self.pool.connection(PATIENCE) as connection:
            await self._record(connection)

    async def _record(self, connection: psycopg.AsyncConnection) -> None:
        turn, place = divmod(next(self._next), len(self.reports))
        report, at = self.reports[place], datetime.now(UTC)
        event = ReportEvent(
            number=report["number"],
            version=2 + turn,
            event=EVENT_OF[Action.VERIFY],
            action=Action.VERIFY,
            actor_kind=ActorKind.STAFF,
            at=at,
            from_status=Status.UNVERIFIED,
            status=Status.VERIFIED,
            tab=TAB_OF[Status.VERIFIED],
            handler_id=report["handler_id"],
            chain=report["chain"],
            copies=(),
            channel=report["channel"],
            system=None,
            held=False,
            overdue=False,
            due_at=at + timedelta(days=7),
            auto_close_at=None,
            details={},
        )
        row = report_message(event, report["identity"]).row(event.number)
        self.recorded[event.number, event.version] = at
        await connection.execute(_TO_RELAY, row)


async def telling(access: StackAccess, size: Size) -> list[Figure]:
    """By themselves, and with reports accepted beside them, by the clock."""
    stack = access.stack
    seconds = size.of(60, 10, 1)
    async with AsyncExitStack() as opened:
        mail = MailServer(stack)
        await start(mail, opened)
        numbers = await submit_reachable(stack, size.of(1_000, 200, 10))
        await quiet(stack)
        pool = AsyncConnectionPool(stack.dsn, min_size=WRITERS, max_size=WRITERS, open=False)
        await opened.enter_async_context(pool)
        happening = Happening(pool, await _reports(stack, numbers))
        accept = _by_whoever_is_idle(
            [submitting(stack.addresses.intake_url, opened) for _ in range(CLIENTS)]
        )
        alone = await _mail_delays(stack, mail, happening, seconds)
        async with asyncio.TaskGroup() as meanwhile:
            meanwhile.create_task(at_a_rate(ACCEPTED, seconds, accept))
            busy = await _mail_delays(stack, mail, happening, seconds)
        await quiet(stack)
    figures = []
    for share, name, aim in ((0.5, "p50", None), (0.95, "p95", AIM)):
        calm, taken = quantile([alone], share), quantile([busy], share)
        beside = f"the same beside {ACCEPTED} reports accepted a second, {name}"
        figures += [
            Figure(f"event to mail, {RATE} a second, {name}", "s", calm, calm, aim=aim),
            Figure(beside, "s", taken, taken, calm, "nothing beside it", aim),
        ]
    calm, taken = (cpu_each([run]) * 1000 for run in (alone, busy))
    return [
        *figures,
        Figure("computing for one event, Temporal aside", "ms", calm, calm),
        Figure("the same, with accepting", "ms", taken, taken / calm, calm, "nothing beside it"),
    ]


async def _mail_delays(stack: Stack, mail: MailServer, happening: Happening, seconds: float) -> Run:
    """How long after each event its mail was accepted."""
    before = mail.count()
    already = set(happening.recorded)
    computed = _computed(stack)
    await at_a_rate(RATE, seconds, happening.verified)
    wanted = set(happening.recorded) - already
    async with asyncio.timeout(PATIENCE):
        while mail.count() < before + len(wanted):
            await asyncio.sleep(0.1)
    costs = {name: after - computed[name] for name, after in _computed(stack).items()}
    each = (f"{name} {cost / len(wanted) * 1_000:.1f}" for name, cost in costs.items())
    say(f"ms of computing for one event: {', '.join(each)}")
    accepted = mail.accepted()
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        rows = await (await connection.execute(_MESSAGES)).fetchall()
    ids: dict[tuple[int, int], UUID] = {}
    written = Run()
    for id, number, version, created_at in rows:
        ids[number, version] = id
        if (number, version) in wanted:
            after = created_at - happening.recorded[number, version]
            written.took.append(after.total_seconds())
    say(f"p95 until the message's row is written: {quantile([written], 0.95):.2f} s")
    told = [accepted[str(ids[each])] - happening.recorded[each].timestamp() for each in wanted]
    return Run(told, seconds, sum(costs.values()))


def _computed(stack: Stack) -> dict[str, float]:
    """Seconds, by process."""
    names = ["postgres", "nats", *(process.name for process in PROCESSES)]
    return {name: seconds_computed([stack.pid(name)]) for name in names}


def _by_whoever_is_idle(workers: Sequence[Once]) -> Once:
    idle = asyncio.Queue[Once]()
    for worker in workers:
        idle.put_nowait(worker)

    async def once() -> None:
        worker = await idle.get()
        try:
            await worker()
        finally:
            idle.put_nowait(worker)

    return once


async def _reports(stack: Stack, numbers: Sequence[int]) -> list[dict[str, Any]]:
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
        return await (await cursor.execute(_REPORTS, (list(numbers),))).fetchall()


_REPORTS = """
SELECT number, handler_id, chain, channel, identity
FROM lifecycle.report WHERE number = ANY (%s)
"""
_TO_RELAY = """
INSERT INTO lifecycle.outbox (number, subject, message_id, headers, body)
VALUES (%(number)s, %(subject)s, %(message_id)s, %(headers)s, %(body)s)
"""
_MESSAGES = """
SELECT id, number, version, created_at FROM notification.message WHERE event = 'verified'
"""
