"""The sweep: compares open reports with Temporal and starts a run for each one that lacks it.

Runs are lost when somebody terminates them, when they fail, or with Temporal's whole database. Each
sweep counts them, which costs Temporal a hundredth of listing them. They are compared one by one
only if the counts say that some are lost, and now and then anyway. The sweep also wakes runs whose
stored deadline passed without its step.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from prometheus_client import Counter, Gauge
from pydantic import ValidationError
from sqlalchemy import text
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.service import RPCError

from shared.clock import now
from shared.database.engine import Database
from shared.http.operations import NotReady
from shared.lifecycle.state import ReportState
from shared.resilience.reasons import reason
from shared.resilience.set_aside import count_set_aside
from shared.telemetry import registry
from shared.temporal import names
from shared.temporal.report_gateway import ReportGateway
from workflows.launch_slots import LaunchSlots

log = logging.getLogger(__name__)

EVERY: Final = 30.0
"""Seconds between two sweeps: with the time that one takes, a lost run is found within two
minutes."""
COMPARED_EVERY: Final = 600.0
"""Seconds after which runs are compared one by one whatever the counts say: in the counts, a run
without a row would hide a lost run."""
SETTLED_AFTER: Final = 20.0
"""Seconds after its launch from which a run is counted, because Temporal lists a run a little later
than it has it."""
NEWEST: Final = 20
"""How many of the last launched reports are looked up by their ids."""
LATE_AFTER: Final = 60.0
"""Seconds that a stored deadline may be past without its step."""
BATCH: Final = 200
PAGE: Final = 1000
RECHECKS: Final = 500
"""The most in one sweep: after an outage the timers themselves come first."""
LOCK: Final = 0x4C41505357
"""The advisory lock that lets only one process sweep, however many workers there are."""

_FIRST_PAUSE, _LONGEST_PAUSE = 60.0, 3600.0


@dataclass
class Sweeping:
    """Compares reports with runs and starts missing runs. `without_run` counts the reports whose
    run could not be started: a run that Temporal's list lacks may exist all the same."""

    database: Database
    client: Client
    gateway: ReportGateway
    # After Temporal's database is lost, hundreds at once would make each start too slow to answer.
    slots: LaunchSlots = field(default_factory=LaunchSlots)
    without_run: int = 0
    _compare_at: float = 0.0
    _looked_at: datetime = field(default_factory=now)
    _asked: dict[int, tuple[float, float]] = field(default_factory=dict)

    async def once(self) -> None:
        """One sweep, unless another process is sweeping."""
        async with self.database.session() as session:  # the lock ends with its transaction
            if (await session.execute(_LOCK, {"lock": LOCK})).scalar_one():
                await self._sweep()
            else:
                self.without_run = 0
                _missing.set(0)

    async def all_run(self) -> None:
        """Raise `NotReady` while reports are known to have no run."""
        if self.without_run:
            raise NotReady(f"{self.without_run} reports without a run, being started again")

    async def _sweep(self) -> None:
        looked_at = now()
        async with self.database.autocommit() as connection:
            late = (await connection.execute(_LATE, {"late": LATE_AFTER})).scalars().all()
        suspects: list[int] = []
        compare_at = self._compare_at
        self._compare_at = 0.0  # the next one compares, unless all goes well
        if time.monotonic() < compare_at and not await self._some_are_lost():
            self._compare_at = compare_at
        else:
            suspects = await self._without_run()
            if not await self._start_again(suspects):
                self._compare_at = time.monotonic() + COMPARED_EVERY
        self._looked_at = looked_at
        lacking = set(suspects)
        await self._ask_to_recheck([number for number in late if number not in lacking])
        _compared.set_to_current_time()

    async def _some_are_lost(self) -> bool:
        """Whether runs seem to be lost since the last sweep: a run ended otherwise than by
        completing, one of the last launched reports has no run (as if Temporal's database is an
        older one), or fewer runs exist than reports need. Rows are counted last: a report that ends
        meanwhile does not seem to lack a run. Those launched just now are left out on both sides.
        """
        ended = _ENDED.format(since=(self._looked_at - _OVERLAP).isoformat())
        if await self._count(ended):
            return True
        async with self.database.autocommit() as connection:
            parameters = {"settled": SETTLED_AFTER, "newest": NEWEST}
            newest = (await connection.execute(_NEWEST, parameters)).scalars().all()
            below = (await connection.execute(_FIRST_UNSETTLED, parameters)).scalar_one()
        ids = ", ".join(f"'{names.workflow_id(number)}'" for number in newest)
        if newest and await self._count(f"{_RUNNING} AND WorkflowId IN ({ids})") < len(newest):
            return True
        running = await self._count(f"{_RUNNING} AND WorkflowId < '{below}'")
        async with self.database.autocommit() as connection:
            needed = (await connection.execute(_NEEDED, {"below": below})).scalar_one()
        return bool(running < needed)

    async def _count(self, query: str) -> int:
        counted = await self.client.count_workflows(query, rpc_timeout=_PATIENCE)
        return counted.count

    async def _without_run(self) -> list[int]:
        """The reports that need a run and have none of their own in Temporal's list."""
        async with self.database.autocommit() as connection:
            rows = (await connection.execute(_EXPECTED)).all()
        running = await self._running()
        return [row.number for row in rows if _lacks_run(row.number, row.identity, running)]

    async def _running(self) -> dict[int, WorkflowExecutionInfo]:
        """The run of every running report, by number; read in pages."""
        found: dict[int, WorkflowExecutionInfo] = {}
        token = b""
        while True:
            page = await self.client.workflow_service.list_workflow_executions(
                ListWorkflowExecutionsRequest(
                    namespace=self.client.namespace,
                    page_size=PAGE,
                    query=_RUNNING,
                    next_page_token=token,
                ),
                retry=True,
                timeout=_PATIENCE,
            )
            for run in page.executions:
                if (number := names.number_of(run.execution.workflow_id)) is not None:
                    found[number] = run
            token = page.next_page_token
            if not token:
                return found

    async def _start_again(self, suspects: list[int]) -> int:
        """Start a run for each report without one; return how many had none. The list may be
        behind: each row is read again just before, and the server decides if a run is there."""
        started: list[int] = []
        failed = 0
        for begin in range(0, len(suspects), BATCH):
            batch = suspects[begin : begin + BATCH]
            states = await self._states(batch)
            results = await asyncio.gather(
                *(self._launch(state) for state in states), return_exceptions=True
            )
            for state, result in zip(states, results, strict=True):
                if isinstance(result, RPCError | RuntimeError):
                    failed += 1
                    why = reason(result)
                    log.warning("report %s is without a run: %s", state.number, why)
                elif isinstance(result, BaseException):
                    raise result
                elif result:
                    started.append(state.number)
                    _restarted.inc()
            self.without_run = failed
            _missing.set(len(started) + failed)
        self.without_run = failed
        if started:
            log.warning(
                "%s reports were without a run, started again from their rows: %s",
                len(started),
                ", ".join(map(str, started[:20])) + (" …" if len(started) > 20 else ""),
            )
        if not suspects:
            _missing.set(0)
        return len(started) + failed

    async def _launch(self, state: ReportState) -> bool:
        async with self.slots:
            return await self.gateway.launch(state)

    async def _recheck(self, state: ReportState) -> None:
        async with self.slots:
            await self.gateway.recheck(state)

    async def _states(self, numbers: list[int]) -> list[ReportState]:
        """The states of those reports that still need a run; unreadable ones are left out."""
        async with self.database.autocommit() as connection:
            rows = (await connection.execute(_STATES, {"numbers": numbers})).all()
        states: list[ReportState] = []
        for row in rows:
            try:
                states.append(ReportState.model_validate(row.state))
            except ValidationError as error:
                count_set_aside("sweeping", type(error).__name__, row.number)
        return states

    async def _ask_to_recheck(self, late: list[int]) -> None:
        """Ask runs whose stored deadline has passed to look again. A run that does not react is
        asked less and less often, since each request fills its history."""
        at = time.monotonic()
        self._asked = {number: self._asked[number] for number in late if number in self._asked}
        _late.set(len(late))
        due = [number for number in late if self._asked.get(number, (0.0, 0.0))[0] <= at]
        for number in due[:RECHECKS]:
            pause = min(self._asked.get(number, (0.0, _FIRST_PAUSE / 2))[1] * 2, _LONGEST_PAUSE)
            self._asked[number] = (at + pause, pause)
        states = await self._states(due[:RECHECKS])
        await asyncio.gather(*(self._recheck(state) for state in states))
        if due:
            log.warning("the deadline of %s reports has passed without its step: asked", len(due))


def _lacks_run(number: int, identity: UUID, running: Mapping[int, WorkflowExecutionInfo]) -> bool:
    run = running.get(number)
    return run is None or names.is_anothers(run, identity)


_missing = Gauge(
    "lapor_runs_missing",
    "Reports that the last sweep found without a run in Temporal, whether or not "
    "it was started again",
    registry=registry,
)
_restarted = Counter(
    "lapor_runs_restarted", "Reports whose run was started again by the sweep", registry=registry
)
_late = Gauge(
    "lapor_deadlines_missed",
    "Reports whose stored deadline passed more than a minute ago without a step",
    registry=registry,
)
_compared = Gauge(
    "lapor_runs_compared_timestamp_seconds",
    "When the last sweep over all open reports ended",
    registry=registry,
)

_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
_RUNNING = f"WorkflowType = '{names.WORKFLOW}' AND ExecutionStatus = 'Running'"
_ENDED = (
    f"WorkflowType = '{names.WORKFLOW}'"
    " AND ExecutionStatus IN ('Canceled', 'Failed', 'Terminated', 'TimedOut')"
    " AND CloseTime > '{since}'"
)
_OVERLAP = timedelta(seconds=SETTLED_AFTER)
_PATIENCE = timedelta(seconds=60)
# A report that has ended needs a run only for the clock of a request. Reports that were never
# launched are launched elsewhere.
_NEEDS_RUN = """
r.launched_at IS NOT NULL AND (r.ended_at IS NULL OR r.number IN (
    SELECT q.number FROM lifecycle.request q WHERE q.decision IS NULL))
"""
_EXPECTED = text(f"SELECT r.number, r.identity FROM lifecycle.report r WHERE {_NEEDS_RUN}")  # noqa: S608
_LATE = text(f"""
SELECT r.number FROM lifecycle.report r WHERE {_NEEDS_RUN} AND EXISTS (
    SELECT FROM jsonb_to_recordset(r.state->'clocks') AS c (deadline timestamptz, overdue boolean)
    WHERE NOT c.overdue AND c.deadline < clock_timestamp() - make_interval(secs => :late)
)
""")  # noqa: S608
# In the order of Temporal's ids, which Temporal compares as text too.
_ID = f"('{names.ID_PREFIX}' || r.number) COLLATE \"C\""
_FIRST_UNSETTLED = text(f"""
SELECT coalesce(min({_ID}), '~') FROM lifecycle.report r WHERE r.ended_at IS NULL
    AND r.launched_at > clock_timestamp() - make_interval(secs => :settled)
""")  # noqa: S608
_NEWEST = text("""
SELECT r.number FROM lifecycle.report r WHERE r.ended_at IS NULL
    AND r.launched_at < clock_timestamp() - make_interval(secs => :settled)
ORDER BY r.launched_at DESC LIMIT :newest
""")
_NEEDED = text(f"""
SELECT count(*) FROM lifecycle.report r WHERE {_NEEDS_RUN} AND {_ID} < :below
""")  # noqa: S608
_STATES = text(
    "SELECT r.number, r.state FROM lifecycle.report r"  # noqa: S608
    f" WHERE r.number = ANY (:numbers) AND {_NEEDS_RUN}"
)
