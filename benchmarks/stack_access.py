"""Where commands are given, and by whom: a stack with all that reports need to live."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from benchmarks.bare import QUEUE, BareWorkflow
from benchmarks.http import Connection
from benchmarks.measuring import Run, for_some_seconds, seconds_of
from benchmarks.reports import ABOVE, ADMIN, OFFICER, UNIT, report_form, submission_headers
from benchmarks.stack import Stack, start
from deploy.local.child import Child

PEOPLE = 2
"""At work while something else is measured."""
PROCESSES = ("intake", "routing", "followup", "worker", "relay")


@dataclass(frozen=True)
class StackAccess:
    """Where commands are given, and by whom."""

    stack: Stack
    temporal: Client
    admin: dict[str, str]
    officer: dict[str, str]
    above: dict[str, str]
    verification: dict[str, Any]

    async def renewed(self) -> "StackAccess":
        """With new tokens: they last a quarter of an hour, and some parts wait longer."""
        admin, officer, above = [await self.stack.bearer(name) for name in (ADMIN, OFFICER, ABOVE)]
        return replace(self, admin=admin, officer=officer, above=above)


@asynccontextmanager
async def open_stack(stack: Stack) -> AsyncIterator[StackAccess]:
    """The stack, with a worker for bare workflows beside it."""
    async with AsyncExitStack() as children:
        address = stack.addresses.temporal_address
        command = [sys.executable, "-m", "benchmarks.bare", address]
        await start(Child("bare", stack.addresses.data_dir, command), children)
        yield StackAccess(
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

    def __init__(self, access: StackAccess, opened: AsyncExitStack) -> None:
        self._stack_access = access
        addresses = access.stack.addresses
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
        path = f"/reports/{number}/verify"
        await self._command(
            self.routing, path, self._stack_access.verification, self._stack_access.admin
        )

    async def follow_up(self, number: int) -> None:
        body = {
            "kind": "follow_up",
            "outcome": "done",
            "text": "Lampu telah diperbaiki oleh petugas hari ini.",
        }
        path = f"/reports/{number}/follow-ups"
        await self._command(self.followup, path, body, self._stack_access.officer)

    async def close(self, number: int) -> None:
        body = {"reason": "Perbaikan telah selesai dan diperiksa."}
        await self._command(
            self.followup, f"/reports/{number}/close", body, self._stack_access.above
        )

    async def life(self) -> None:
        """From its submission to its closing."""
        number = await self.submit()
        await self.verify(number)
        await self.follow_up(number)
        await self.close(number)

    async def _command(
        self, service: Connection, path: str, body: dict[str, Any], bearer: dict[str, str]
    ) -> None:
        """Until it is done: where it takes long, the answer names the place to ask."""
        answer = await service.post(path, body, {**bearer, "idempotency-key": str(uuid.uuid4())})
        while answer["state"] == "waiting":
            await asyncio.sleep(0.1)
            answer = await service.get(answer["href"], bearer)
        assert answer["state"] == "done", answer


async def start_bare(access: StackAccess, steps: int) -> WorkflowHandle[BareWorkflow, None]:
    """One that ends after so many updates."""
    return await access.temporal.start_workflow(
        BareWorkflow.run, steps, id=f"bare-{uuid.uuid4()}", task_queue=QUEUE
    )


async def quiet(stack: Stack) -> None:
    """Until every report is launched and every event told, so that the floor has the machine."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        while True:
            row = await (await connection.execute(_LEFT)).fetchone()
            if row == (0,):
                return
            await asyncio.sleep(0.05)


async def verifying_for(access: StackAccess, seconds: float) -> Run:
    """Verifications by a few people, each of a report just submitted, one after the other."""
    async with AsyncExitStack() as opened:
        clerks = [Clerk(access, opened) for _ in range(PEOPLE)]
        run = Run()

        async def verifying(clerk: Clerk) -> None:
            number = await clerk.submit()
            run.took.append(await seconds_of(clerk.verify(number)))

        loops = [(lambda clerk=clerk: verifying(clerk)) for clerk in clerks]
        run.seconds = (await for_some_seconds(seconds, loops)).seconds
        return run


async def _category(stack: Stack) -> int:
    async with await psycopg.AsyncConnection.connect(stack.dsn) as connection:
        query = "SELECT id FROM routing.category WHERE code = 'potholes'"
        row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return int(row[0])


_LEFT = """
SELECT (SELECT count(*) FROM lifecycle.outbox)
    + (SELECT count(*) FROM lifecycle.report WHERE launched_at IS NULL)
"""
