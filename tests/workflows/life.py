"""One report on a server that skips time: acting, waiting, looking at what people would see."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Self, cast

from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from shared.database.engine import Database
from shared.lifecycle.actions import SIGNALS, Action
from shared.lifecycle.commands import Command
from shared.lifecycle.people import Actor
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.settings import Settings
from shared.temporal import names
from shared.temporal.messages import RETIRE_AFTER, SignalMessage, Start
from tests.workflows.country import DINAS_OFFICER, PROVINCE_ADMIN
from tests.workflows.factory import FOLLOW_UP, Reports
from workflows.worker import make_worker

WIB = timezone(timedelta(hours=7))
NO_JITTER = 10_000_200
"""A report number whose deadlines get no jitter."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Life:
    """The report under test; its worker can be stopped and started."""

    def __init__(
        self,
        environment: WorkflowEnvironment,
        reports: Reports,
        database: Database,
        settings: Settings,
    ) -> None:
        self.environment, self.reports = environment, reports
        self._database, self._settings = database, settings
        self._worker = AsyncExitStack()
        self.number = NO_JITTER

    async def __aenter__(self) -> Self:
        await self.start_worker()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_worker()

    async def start_worker(self) -> None:
        worker = make_worker(self.environment.client, self._database, self._settings)
        await self._worker.enter_async_context(worker)

    async def stop_worker(self) -> None:
        await self._worker.aclose()

    async def now(self) -> datetime:
        return await self.environment.get_current_time()

    async def until(self, weekday: int, hour: int, zone: timezone = WIB) -> datetime:
        """Skip to the next such hour of a weekday (Monday is 0)."""
        now = (await self.now()).astimezone(zone)
        then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
        then += timedelta(days=(weekday - now.weekday()) % 7)
        if then <= now:
            then += timedelta(days=7)
        await self.wait_until(then)
        return then.astimezone(UTC)

    async def wait_until(self, then: datetime) -> None:
        await self.wait(then - await self.now())

    async def wait(self, duration: timedelta) -> None:
        """Let time pass, and the worker do what fell due in it."""
        await self.environment.sleep(duration)
        await asyncio.sleep(0.15)

    async def accept(self, **details: Any) -> ReportState:
        """Accept a report now and launch it."""
        state = await self.reports.accept(at=await self.now(), number=self.number, **details)
        await self.launch(state)
        return state

    async def launch(self, state: ReportState) -> WorkflowHandle[Any, Any]:
        return await self.environment.client.start_workflow(
            names.WORKFLOW,
            Start(stored=state, retire_after=RETIRE_AFTER),
            id=names.workflow_id(state.number),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=names.search_attributes(state),
        )

    async def do(self, action: Action, actor: Actor, **details: Any) -> str | None:
        """Do it now; the refusal's code, None where it took effect."""
        command = await self.save(action, actor, **details)
        return await self.send(command)

    async def save(self, action: Action, actor: Actor, **details: Any) -> Command:
        at = details.pop("at", None) or await self.now()
        return await self.reports.command(await self.state(), action, actor, at, **details)

    async def send(self, command: Command) -> str | None:
        handle = self.environment.client.get_workflow_handle(names.workflow_id(self.number))
        if command.action in SIGNALS:
            await handle.signal(command.action.value, SignalMessage(command=command))
            return await self._refusal(command)
        try:
            await handle.execute_update(names.COMMAND, command, id=str(command.id))
        except WorkflowUpdateFailedError as failure:
            return cast(ApplicationError, failure.cause).type
        return None

    async def verify(self, **details: Any) -> None:
        assert await self.do(Action.VERIFY, PROVINCE_ADMIN, **details) is None

    async def follow_up(self) -> None:
        assert await self.do(Action.FOLLOW_UP, DINAS_OFFICER, **FOLLOW_UP) is None

    async def state(self) -> ReportState:
        return await self.reports.state(self.number)

    async def status(self) -> Status:
        return (await self.state()).status

    async def happened(self) -> list[str]:
        """The events so far, by name."""
        return [event["event"] for event in await self.reports.events(self.number)]

    async def escalations(self) -> list[tuple[int, str]]:
        rows = await self.reports.rows(
            "SELECT agency_id, clock FROM lifecycle.escalation WHERE number = :n ORDER BY version",
            n=self.number,
        )
        return [tuple(row) for row in rows]

    async def escalated_now(self) -> list[tuple[int, str]]:
        """Those of `escalations` that have not ended."""
        rows = await self.reports.rows(
            "SELECT agency_id, clock FROM lifecycle.escalation"
            " WHERE number = :n AND ended_at IS NULL ORDER BY version",
            n=self.number,
        )
        return [tuple(row) for row in rows]

    async def _refusal(self, command: Command) -> str | None:
        query = "SELECT done, refusal FROM lifecycle.command WHERE id = :id"
        done: bool | None
        refusal: str | None
        while True:
            [(done, refusal)] = await self.reports.rows(query, id=command.id)
            if done is not None:
                return refusal
            await asyncio.sleep(0.02)
