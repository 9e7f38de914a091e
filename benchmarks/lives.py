"""Commands and whole lives over HTTP, beside a bare workflow on the same server."""

import asyncio
import itertools
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

import psycopg
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.bare import QUEUE, BareWorkflow
from benchmarks.http import Connection
from benchmarks.measuring import Figure, Run, for_some_seconds, in_turn, rate, ratio, seconds_of
from benchmarks.reports import ABOVE, ADMIN, OFFICER, UNIT, report_form, submission_headers
from benchmarks.stack import Stack, start
from deploy.local.child import Child
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Standing
from shared.lifecycle.commands import Command
from shared.lifecycle.people import OPERATOR
from shared.temporal import names

PROCESSES = ("intake", "routing", "followup", "worker", "launcher", "relay")
VERIFY_AIM, LIVES_AIM, COMMAND_AIM, LIFE_AIM = 1.7, 0.7, 12, 80
STEPS = 3
"""Of a life, after its submission: verify, follow up, close."""


@dataclass(frozen=True)
class Desk:
    """Where commands are given, and by whom."""

    stack: Stack
    temporal: Client
    admin: dict[str, str]
    officer: dict[str, str]
    above: dict[str, str]
    verification: dict[str, Any]


@asynccontextmanager
async def open_desk(stack: Stack) -> AsyncIterator[Desk]:
    """The desk, with a worker for bare workflows beside it."""
    async with AsyncExitStack() as children:
        address = stack.addresses.temporal_address
        command = [sys.executable, "-m", "benchmarks.bare", address]
        await start(Child("bare", stack.addresses.data_dir, command), children)
        yield Desk(
            stack,
            await Client.connect(address, data_converter=pydantic_data_converter),
            admin=await stack.bearer(ADMIN),
            officer=await stack.bearer(OFFICER),
            above=await stack.bearer(ABOVE),
            verification={
                "agency_id": await stack.agency(UNIT),
                "category_id": await _category(stack),
                "classification": "complaint_without_oversight",
            },
        )


class Clerk:
    """Does one thing after another, on connections of its own."""

    def __init__(self, desk: Desk, opened: AsyncExitStack) -> None:
        self._desk = desk
        addresses = desk.stack.addresses
        self.intake, self.routing, self.followup = services = [
            Connection(url)
            for url in (addresses.intake_url, addresses.routing_url, addresses.followup_url)
        ]
        for service in services:
            opened.push_async_callback(service.close)

    async def submit(self) -> int:
        answer = await self.intake.post("/reports", report_form(), submission_headers())
        return int(answer["number"])

    async def verify(self, number: int) -> None:
        await self.routing.post(
            f"/reports/{number}/verify", self._desk.verification, _key(self._desk.admin)
        )

    async def follow_up(self, number: int) -> None:
        body = {"kind": "follow_up", "text": "Lampu telah diperbaiki oleh petugas hari ini."}
        await self.followup.post(f"/reports/{number}/follow-ups", body, _key(self._desk.officer))

    async def close(self, number: int) -> None:
        body = {"reason": "Perbaikan telah selesai dan diperiksa."}
        await self.followup.post(f"/reports/{number}/close", body, _key(self._desk.above))

    async def life(self) -> None:
        """From its submission to its closing."""
        number = await self.submit()
        await self.verify(number)
        await self.follow_up(number)
        await self.close(number)


async def verifying(desk: Desk, times: int) -> list[Figure]:
    """One command at a time, each beside one bare update."""
    ours: list[float] = []
    floor: list[float] = []
    async with AsyncExitStack() as opened:
        clerk = Clerk(desk, opened)
        numbers = [await clerk.submit() for _ in range(times)]
        await _quiet(desk)
        bare = [await _start_bare(desk, 1) for _ in range(times)]
        for number, handle in zip(numbers, bare, strict=True):
            ours.append(await seconds_of(clerk.verify(number)))
            floor.append(await seconds_of(handle.execute_update(BareWorkflow.step, "once")))
    warm = max(1, times // 5)
    a, b = median(ours[warm:]) * 1000, median(floor[warm:]) * 1000
    return [
        Figure(
            "commands",
            "verify over HTTP, p50",
            "ms",
            a,
            b,
            f"{a / b:.2f} x",
            f"≤ {VERIFY_AIM} x",
            a / b <= VERIFY_AIM,
            "a bare update, one activity",
        )
    ]


async def living(desk: Desk, rounds: int, seconds: float, clerks: int = 8) -> list[Figure]:
    """Lives a second with some clerks at work."""
    async with AsyncExitStack() as opened:
        lives = [Clerk(desk, opened).life for _ in range(clerks)]

        async def ours() -> Run:
            run = await for_some_seconds(seconds, lives)
            await _quiet(desk)
            return run

        async def bare() -> None:
            handle = await _start_bare(desk, STEPS)
            for _ in range(STEPS):
                await handle.execute_update(BareWorkflow.step, "once")

        runs, floor = await in_turn(
            rounds, ours, lambda: for_some_seconds(seconds, [bare] * clerks)
        )
    score = ratio(runs, floor)
    return [
        Figure(
            "lives",
            f"submit, verify, follow up, close; {clerks} at a time",
            "lives/s",
            rate(runs),
            rate(floor),
            f"{score:.2f}",
            f"≥ {LIVES_AIM}",
            score >= LIVES_AIM,
            f"a bare workflow of {STEPS} such updates",
        )
    ]


async def events(desk: Desk) -> list[Figure]:
    """What commands leave in a report's history on Temporal."""
    async with AsyncExitStack() as opened:
        clerk = Clerk(desk, opened)
        number = await clerk.submit()
        await _quiet(desk)
        handle = desk.temporal.get_workflow_handle(names.workflow_id(number))
        counts = [await _settled_events(handle)]
        refused = await _refused(desk, number)
        counts.append(await _settled_events(handle))
        for act in (clerk.verify, clerk.follow_up, clerk.close):
            await act(number)
            counts.append(await _settled_events(handle))
    costs = [after - before for before, after in itertools.pairwise(counts)]
    most, whole = max(costs[1:]), counts[-1]
    assert refused
    return [
        _events("a refused command", costs[0], 0),
        _events("the dearest of verify, follow up, close", most, COMMAND_AIM),
        _events("a life of submit, verify, follow up, close", whole, LIFE_AIM),
    ]


def _events(what: str, count: int, aim: int) -> Figure:
    return Figure("events", what, "events", count, None, str(count), f"≤ {aim}", count <= aim)


async def _refused(desk: Desk, number: int) -> bool:
    """Send what the workflow itself must refuse: services would not let it come so far."""
    wish = Command(
        id=uuid.uuid4(),
        number=number,
        action=Action.REPLY,
        actor=OPERATOR,
        standings=frozenset({Standing.REPORTER}),
        at=datetime.now(UTC),
        handler_seen=0,
    )
    handle = desk.temporal.get_workflow_handle(names.workflow_id(number))
    try:
        await handle.execute_update(names.COMMAND, wish, id=str(wish.id))
    except WorkflowUpdateFailedError:
        return True
    return False


async def _settled_events(handle: WorkflowHandle[Any, Any]) -> int:
    """The length of the history once it grows no more."""
    count, before = 0, -1
    while count != before:
        await asyncio.sleep(0.3)
        before, count = count, len((await handle.fetch_history()).events)
    return count


async def _start_bare(desk: Desk, steps: int) -> WorkflowHandle[BareWorkflow, None]:
    return await desk.temporal.start_workflow(
        BareWorkflow.run, steps, id=f"bare-{uuid.uuid4()}", task_queue=QUEUE
    )


async def _quiet(desk: Desk) -> None:
    """Until every report is launched and every event told, so that the floor has the machine."""
    async with await psycopg.AsyncConnection.connect(desk.stack.dsn, autocommit=True) as connection:
        while True:
            row = await (await connection.execute(_LEFT)).fetchone()
            if row == (0,):
                return
            await asyncio.sleep(0.05)


async def _category(stack: Stack) -> int:
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        query = "SELECT id FROM routing.category WHERE code = 'potholes'"
        row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


def _key(bearer: dict[str, str]) -> dict[str, str]:
    return {**bearer, "idempotency-key": str(uuid.uuid4())}


_LEFT = """
SELECT (SELECT count(*) FROM lifecycle.outbox)
    + (SELECT count(*) FROM lifecycle.report WHERE launched_at IS NULL)
"""
