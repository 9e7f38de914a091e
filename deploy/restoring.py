"""Work after a restore from a backup: report numbers continue above any ever given, and steps that
only Temporal and NATS know are no longer taken for steps of the restored reports."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from sqlalchemy import select, text
from sqlmodel import col
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    GetWorkflowExecutionHistoryReverseRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client

from deploy.republish import last_published_at, republish_last_steps
from shared.bus.connection import Bus
from shared.bus.streams import DUPLICATE_WINDOW, REPORTS
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.temporal import names

MARGIN: Final = 1000
"""How many numbers may have been given without Temporal or NATS knowing of them."""
PAGE: Final = 1000


@dataclass(frozen=True)
class LostStep:
    """What NATS knows of a step that the database does not have."""

    number: int
    version: int
    event: str
    at: datetime
    system: str | None
    """The partner that submitted the report."""


@dataclass(frozen=True)
class Restored:
    """The result. `next_number` is that of the next report. `lost` are reports that Temporal or
    NATS knows and the database does not. `renewed` are those that lost later steps and continue as
    new ones for both, with a version above any published. `steps` is what NATS knows of both.
    `republished` are reports whose last step was in no stream."""

    next_number: int
    lost: tuple[int, ...]
    renewed: tuple[int, ...]
    steps: tuple[LostStep, ...]
    republished: tuple[int, ...]


async def after_restore(
    database: Database, client: Client | None, bus: Bus, intake_url: str
) -> Restored:
    """Prepare a restored database for further work and return what is known. Without a client,
    Temporal is taken to be empty, as the restored folder is. `intake_url` is where partners read.
    It may be run again. The services may run meanwhile, but should not."""
    async with database.session() as session:
        newest: datetime | None = (await session.execute(_NEWEST)).scalar_one()
    running, highest = await _runs(client) if client is not None else (set[int](), 0)
    steps = await _published_steps(bus, newest)
    published: dict[int, int] = {}
    for step in steps:
        published[step.number] = max(step.version, published.get(step.number, 0))
    number, version = col(Report.number), col(Report.version)
    stored = select(number, version).where(number.in_(sorted(running | set(published))))
    async with database.session() as session:
        versions = {row.number: row.version for row in (await session.execute(stored)).all()}
    behind = {n: v for n, v in published.items() if n in versions and v > versions[n]}
    if client is not None and newest is not None:
        quiet = sorted(running & versions.keys() - behind.keys())
        behind |= {n: versions[n] for n in await _active_since(client, quiet, newest)}
    async with database.session() as session:
        for statement in (_RENEW, _RENEW_COMMANDS):
            await session.execute(
                statement, {"numbers": list(behind), "versions": list(behind.values())}
            )
        since = await last_published_at(bus) or newest
        republished = (
            await republish_last_steps(session, since, published, f"{intake_url}/reports")
            if since
            else []
        )
    next_number = await continue_numbers_above(database, max(highest, max(published, default=0)))
    lost = sorted((running | published.keys()) - versions.keys())
    missing = [s for s in steps if s.version > versions.get(s.number, 0)]
    renewed = tuple(sorted(behind))
    return Restored(next_number, tuple(lost), renewed, tuple(missing), tuple(republished))


async def continue_numbers_above(database: Database, highest: int) -> int:
    """Set and return the next report's number, above any number known anywhere."""
    async with database.session() as session:
        above = {"above": highest + MARGIN}
        return int((await session.execute(_SET_NUMBER, above)).scalar_one())


async def _active_since(client: Client, numbers: list[int], newest: datetime) -> list[int]:
    """Return the reports whose runs were active after this instant; NATS may not know of it."""
    at_once = asyncio.Semaphore(_QUERIED_AT_ONCE)

    async def went_on(number: int) -> bool:
        async with at_once:
            page = await client.workflow_service.get_workflow_execution_history_reverse(
                GetWorkflowExecutionHistoryReverseRequest(
                    namespace=client.namespace,
                    execution=WorkflowExecution(workflow_id=names.workflow_id(number)),
                    maximum_page_size=1,
                ),
                retry=True,
            )
        last = page.history.events[0].event_time.ToDatetime(UTC)
        return last > newest + _RECORDED_WITHIN

    answers = await asyncio.gather(*(went_on(number) for number in numbers))
    return [number for number, answer in zip(numbers, answers, strict=True) if answer]


async def _runs(client: Client) -> tuple[set[int], int]:
    """Return the reports with a running workflow, and the highest number of any run, including
    ended ones."""
    running: set[int] = set()
    highest, token = 0, b""
    while True:
        page = await client.workflow_service.list_workflow_executions(
            ListWorkflowExecutionsRequest(
                namespace=client.namespace,
                page_size=PAGE,
                query=f"WorkflowType = '{names.WORKFLOW}'",
                next_page_token=token,
            ),
            retry=True,
        )
        for run in page.executions:
            number = names.number_of(run.execution.workflow_id)
            if number is not None:
                highest = max(highest, number)
                if not run.HasField("close_time"):
                    running.add(number)
        token = page.next_page_token
        if not token:
            return running, highest


async def _published_steps(bus: Bus, newest: datetime | None) -> tuple[LostStep, ...]:
    """Return the steps of events since the newest step in the database, and at least of those in
    the window of duplicates."""
    since = datetime.now(UTC) - timedelta(seconds=2 * DUPLICATE_WINDOW)
    if newest is not None:
        since = min(since, newest - _RECORDED_WITHIN)
    reading = await bus.js.pull_subscribe(
        "lapor.v1.report.>",
        stream=REPORTS.name,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=since,
            ack_policy=AckPolicy.NONE,
        ),
    )
    steps: list[LostStep] = []
    try:
        left = (await reading.consumer_info()).num_pending or 0
        while left > 0:
            messages = await reading.fetch(min(left, 500), timeout=30)
            left -= len(messages)
            steps += [_step(orjson.loads(message.data)["data"]) for message in messages]
    finally:
        await reading.unsubscribe()
    return tuple(steps)


def _step(data: Mapping[str, Any]) -> LostStep:
    return LostStep(
        number=int(data["number"]),
        version=int(data["version"]),
        event=str(data["event"]),
        at=datetime.fromisoformat(data["at"]),
        system=data["system"],
    )


_RECORDED_WITHIN: Final = timedelta(minutes=1)
"""A step is dated before it is recorded, and published afterwards."""
_QUERIED_AT_ONCE: Final = 32
_NEWEST = text("SELECT max(last_step_at) FROM lifecycle.report")
# A step with the number and version of a lost one would be taken for its repeat. A partner, which
# ignores old versions, would also ignore a lower version.
_RENEW = text("""
UPDATE lifecycle.report r SET identity = new.identity, version = new.version,
    state = r.state || jsonb_build_object('identity', new.identity, 'version', new.version)
FROM (SELECT number, version, gen_random_uuid() AS identity
      FROM unnest(CAST(:numbers AS bigint[]), CAST(:versions AS int[])) AS known (number, version)
     ) new
WHERE r.number = new.number
""")
_RENEW_COMMANDS = text("""
UPDATE lifecycle.command c SET body = jsonb_set(c.body, '{identity}', r.state->'identity')
FROM lifecycle.report r
WHERE c.done IS NULL AND c.number = r.number AND c.body ? 'identity'
  AND r.number = ANY (CAST(:numbers AS bigint[])) AND CAST(:versions AS int[]) IS NOT NULL
""")
_SET_NUMBER = text("""
SELECT setval('lifecycle.report_number', greatest(:above, (
    SELECT last_value FROM lifecycle.report_number), (
    SELECT coalesce(max(number), 0) FROM lifecycle.report))) + 1
""")
