"""After a restore from a backup: numbers go on above any ever given, and what Temporal and NATS
know of steps that are lost is no longer taken for these reports'."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from sqlalchemy import select, text
from sqlmodel import col
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client

from shared.bus.connection import Bus
from shared.bus.streams import DUPLICATE_WINDOW, REPORTS
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.temporal import names

MARGIN: Final = 1000
"""Numbers that may have been given without Temporal or NATS having heard of them."""
PAGE: Final = 1000


@dataclass(frozen=True)
class Restored:
    """`next_number` is what the next report gets; `lost` the reports that have a run and no row;
    `renewed` those whose later steps are lost, and which go on as new to Temporal and NATS."""

    next_number: int
    lost: tuple[int, ...]
    renewed: tuple[int, ...]


async def after_restore(database: Database, client: Client, bus: Bus) -> Restored:
    """Safe to run again; the services may run meanwhile, but had better not."""
    running, highest = await _runs(client)
    published = await _told(bus)
    number, version = col(Report.number), col(Report.version)
    stored = select(number, version).where(number.in_(sorted(running | set(published))))
    async with database.session() as session:
        rows = (await session.execute(stored)).all()
        versions = {row.number: row.version for row in rows}
        behind = sorted(n for n, v in published.items() if n in versions and v > versions[n])
        await session.execute(_RENEW, {"numbers": behind})
        above = max(highest, max(published, default=0))
        next_number = (await session.execute(_SET_NUMBER, {"above": above + MARGIN})).scalar_one()
    lost = sorted(number for number in running if number not in versions)
    return Restored(next_number, tuple(lost), tuple(behind))


async def _runs(client: Client) -> tuple[set[int], int]:
    """The reports that run, and the highest number of any run, ended ones too."""
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


async def _told(bus: Bus) -> Mapping[int, int]:
    """The latest version by number of the events that the duplicate window may still hold."""
    since = datetime.now(UTC) - timedelta(seconds=2 * DUPLICATE_WINDOW)
    reading = await bus.js.pull_subscribe(
        "lapor.v1.report.>",
        stream=REPORTS.name,
        config=ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_TIME,
            opt_start_time=since,
            ack_policy=AckPolicy.NONE,
        ),
    )
    latest: dict[int, int] = {}
    try:
        left = (await reading.consumer_info()).num_pending or 0
        while left > 0:
            messages = await reading.fetch(min(left, 500), timeout=30)
            left -= len(messages)
            for message in messages:
                data = orjson.loads(message.data)["data"]
                number = int(data["number"])
                latest[number] = max(latest.get(number, 0), int(data["version"]))
    finally:
        await reading.unsubscribe()
    return latest


# A step of the same number and version would pass for a repeat of the one that was lost.
_RENEW = text("""
UPDATE lifecycle.report r SET identity = new.identity,
    state = jsonb_set(state, '{identity}', to_jsonb(CAST(new.identity AS text)))
FROM (SELECT number, gen_random_uuid() AS identity FROM lifecycle.report
      WHERE number = ANY (:numbers)) new
WHERE r.number = new.number
""")
_SET_NUMBER = text("""
SELECT setval('lifecycle.report_number', greatest(:above, (
    SELECT last_value FROM lifecycle.report_number), (
    SELECT coalesce(max(number), 0) FROM lifecycle.report))) + 1
""")
