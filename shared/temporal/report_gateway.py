"""The only gateway to the workflows: no other code starts or reaches a report's workflow."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from shared.batcher import Batcher
from shared.database.agency_codes import AgencyCodes
from shared.database.engine import Database
from shared.labels import label
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.state import ReportState
from shared.resilience.reasons import reason
from shared.temporal import names
from shared.temporal.messages import ANOTHER_REPORT, REFUSED, RETIRE_AFTER, Start

log = logging.getLogger(__name__)


class ReportGateway:
    """Sends commands to reports. `in_flight` limits the simultaneous calls to Temporal.

    Every call takes the state just read from the report's row. If no run is there, because the
    launch is late or the last run ended long ago, one is started from that state.
    """

    def __init__(
        self,
        client: Client,
        database: Database,
        *,
        retire_after: timedelta = RETIRE_AFTER,
        in_flight: int = 200,
    ) -> None:
        self._client = client
        self._database = database
        self._retire_after = retire_after
        self._gate = asyncio.Semaphore(in_flight)
        self._agencies = AgencyCodes(database)
        self._outcomes = Batcher(self._read_outcomes)

    async def send(
        self, command: Command, state: ReportState, timeout: float = 8.0
    ) -> Outcome | None:
        """Send a command that is committed in `lifecycle.command`; return its outcome.

        None if the outcome is not known after `timeout` seconds, or Temporal is away: the command
        waits in its row and the worker sends it again.
        """
        sending = asyncio.create_task(self._send(command, state))
        # The caller may be gone when it ends. If its error is not retrieved, asyncio logs it as
        # lost.
        sending.add_done_callback(_retrieve)
        try:
            await asyncio.wait({sending}, timeout=timeout)
        finally:
            if not sending.done():
                sending.cancel()
        if not sending.done():
            return await self._outcome(command.id)
        return sending.result()

    async def launch(
        self, state: ReportState, *, delay: timedelta = timedelta(), details: str | None = None
    ) -> bool:
        """Start the report's run unless there is one; return whether one was started.

        A run of another report with the same number, from before a restore, is replaced. Raises
        `RPCError` or `RuntimeError` if Temporal is away. The run's first task comes with the
        server's answer if this process also works for the queue, otherwise soon; or after `delay`,
        or with the first command or recheck before that. `details` is the text that the Temporal UI
        shows meanwhile, in Markdown.
        """
        async with self._gate:
            start, options = await self._start(state), self._options(state)
            if delay > timedelta():
                options |= {"start_delay": delay, "static_details": details}
            else:
                options["request_eager_start"] = True
            try:
                options["id_conflict_policy"] = WorkflowIDConflictPolicy.FAIL
                await self._client.start_workflow(names.WORKFLOW, start, **options)
            except WorkflowAlreadyStartedError:
                if not await self._is_anothers(state):
                    return False
                log.warning("the run of report %s is another report's: replaced", state.number)
                options["id_conflict_policy"] = WorkflowIDConflictPolicy.TERMINATE_EXISTING
                await self._client.start_workflow(names.WORKFLOW, start, **options)
        return True

    async def _is_anothers(self, state: ReportState) -> bool:
        described = await self._client.get_workflow_handle(
            names.workflow_id(state.number)
        ).describe()
        return names.is_anothers(described.raw_info, state.identity)

    async def recheck(self, state: ReportState) -> None:
        """Notify an open report's run that stored deadlines became earlier.

        It is a signal with start: a plain signal would wait for a first task that was put off.
        """
        async with self._gate:
            await self._client.start_workflow(
                names.WORKFLOW,
                await self._start(state),
                start_signal=names.RECHECK,
                **self._options(state),
            )

    async def _send(self, command: Command, state: ReportState) -> Outcome | None:
        try:
            async with self._gate:
                return await self._update(command, state)
        except WorkflowUpdateFailedError as failure:
            return await self._refused(command, failure)
        except (RPCError, WorkflowUpdateRPCTimeoutOrCancelledError, RuntimeError) as error:
            # RuntimeError is what a client that never connected raises.
            log.warning("command %s waits: %s", command.id, reason(error))
            return None

    async def _update(self, command: Command, state: ReportState) -> Outcome:
        for attempt in range(_ATTEMPTS):
            try:
                return await self._update_once(command, state)
            except WorkflowUpdateFailedError as failure:
                if not _met_another(failure) or attempt == _ATTEMPTS - 1:
                    raise
                await self.launch(state)
            except RPCError as error:
                # The run ended in this instant; the next attempt starts another.
                if error.status is not RPCStatusCode.NOT_FOUND or attempt == _ATTEMPTS - 1:
                    raise
            await asyncio.sleep(0.1)
        raise AssertionError("unreachable")

    async def _update_once(self, command: Command, state: ReportState) -> Outcome:
        start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.WORKFLOW, await self._start(state), **self._options(state)
        )
        try:
            outcome: Outcome = await self._client.execute_update_with_start_workflow(
                names.COMMAND,
                command,
                id=str(command.id),
                start_workflow_operation=start,
                result_type=Outcome,
            )
        except BaseException:
            # The SDK reports the failure here too. If it is not retrieved, asyncio logs it as an
            # error.
            if start._workflow_handle.done():
                _retrieve(start._workflow_handle)
            raise
        return outcome

    async def _start(self, state: ReportState) -> Start:
        agencies = await self._agencies.named_in(state)
        return Start(stored=state, retire_after=self._retire_after, agencies=agencies)

    def _options(self, state: ReportState) -> dict[str, Any]:
        return {
            "id": names.workflow_id(state.number),
            "task_queue": names.TASK_QUEUE,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "search_attributes": names.search_attributes(state),
            "priority": names.priority_of(state),
            "memo": names.memo(state),
            "static_summary": f"Laporan {state.number} · {label('channel', state.channel)}",
        }

    async def _refused(
        self, command: Command, failure: WorkflowUpdateFailedError
    ) -> Outcome | None:
        """Write the refusal to the command's row, where an earlier outcome stays."""
        cause = failure.cause
        if (
            not isinstance(cause, ApplicationError)
            or REFUSED not in cause.details
            or _met_another(failure)
        ):
            log.warning("command %s waits: its update failed", command.id)
            return None
        async with self._database.session() as session:
            await session.execute(_REFUSE, {"id": command.id, "code": cause.type})
        return await self._outcome(command.id)

    async def _outcome(self, command_id: UUID) -> Outcome | None:
        return await self._outcomes.ask(command_id)

    async def _read_outcomes(self, ids: Sequence[UUID]) -> list[Outcome | None]:
        async with self._database.autocommit() as connection:
            rows = (await connection.execute(_OUTCOMES, {"ids": list(ids)})).all()
        outcomes = {
            row.id: Outcome(
                command_id=row.id,
                done=row.done,
                version=row.version,
                status=row.status,
                refusal=row.refusal,
            )
            for row in rows
        }
        return [outcomes.get(command_id) for command_id in ids]


def _met_another(failure: WorkflowUpdateFailedError) -> bool:
    cause = failure.cause
    return isinstance(cause, ApplicationError) and cause.type == ANOTHER_REPORT


_ATTEMPTS = 3
_REFUSE = text("SELECT lifecycle.refuse_command(:id, :code)")
_OUTCOMES = text(
    "SELECT id, done, version, status, refusal FROM lifecycle.command"
    " WHERE id = ANY (:ids) AND done IS NOT NULL"
)


def _retrieve(task: "asyncio.Future[Any]") -> None:
    """Retrieve the task's error, so that asyncio does not log it as lost."""
    if not task.cancelled():
        task.exception()
