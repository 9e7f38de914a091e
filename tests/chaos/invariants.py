"""What must hold after any trouble, of all reports of a cluster."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import orjson
from nats.js.errors import NotFoundError
from temporalio.client import WorkflowExecutionStatus

from shared.bus.connection import connect
from shared.bus.streams import PARTNERS, REPORTS, Stream
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import TAB_OF, Tab
from tests.chaos.people import People
from tests.cluster import ClusterAccess

_SETTLING = 40.0
_NUMBER_AND_VERSION = re.compile(r"(\d+)\.(?:[0-9a-f]{32}\.)?(\d+)\.")


async def all_promises_are_kept(
    people: People[ClusterAccess], *, settling: float = _SETTLING
) -> None:
    """Waits until everything has settled, then looks at everything there is."""
    cluster = people.cluster
    await _settled(cluster, settling)
    rows = await cluster.rows(_REPORTS)
    await _every_accepted_report_is_there_once(people, rows)
    for row in rows:
        _row_and_history_agree(row)
    await _every_event_reached_the_stream_once(cluster, rows)
    await _every_report_has_its_run(cluster, rows)


async def what_came_back_holds(cluster: ClusterAccess, renewed: Collection[int]) -> None:
    """As above, of a country restored from a backup: steps of the renewed reports are lost, and so
    are messages, but not that of where a report stands."""
    await _settled(cluster, 150)
    rows = await cluster.rows(_REPORTS)
    for row in rows:
        _row_and_history_agree(row, gaps=row.number in renewed)
    ids = Counter(id for id, _ in await messages_of(cluster, REPORTS))
    assert [id for id, times in ids.items() if times > 1] == []
    told: defaultdict[int, int] = defaultdict(int)
    for about in filter(None, map(_NUMBER_AND_VERSION.match, ids)):
        told[int(about[1])] = max(told[int(about[1])], int(about[2]))
    assert {row.number: row.version for row in rows}.items() <= told.items()
    await _every_report_has_its_run(cluster, rows)


async def messages_of(cluster: ClusterAccess, stream: Stream) -> list[tuple[str, Any]]:
    """All messages of a stream: their ids, and what is in them."""
    return [
        (headers.get("Nats-Msg-Id", ""), orjson.loads(body))
        for headers, body in await raw_messages_of(cluster, stream)
    ]


async def raw_messages_of(
    cluster: ClusterAccess, stream: Stream
) -> list[tuple[dict[str, str], bytes]]:
    """All messages of a stream as they lie there, read without a consumer."""
    bus = await connect(cluster.settings.nats_url, "test", patience=10)
    found = []
    try:
        state = (await bus.js.stream_info(stream.name)).state
        for sequence in range(max(state.first_seq, 1), state.last_seq + 1):
            try:
                message = await bus.js.get_msg(stream.name, sequence)
            except NotFoundError:
                continue
            subject = {"subject": message.subject or ""}
            found.append((subject | (message.headers or {}), message.data or b""))
    finally:
        await bus.close()
    return found


async def _settled(cluster: ClusterAccess, seconds: float) -> None:
    """No command without an outcome, no report without a run, nothing left in the outbox."""
    async with asyncio.timeout(seconds):
        while any(left := tuple((await cluster.rows(_LEFT))[0])):
            await asyncio.sleep(0.2)
            assert left


async def _every_accepted_report_is_there_once(
    people: People[ClusterAccess], rows: Iterable[Any]
) -> None:
    numbers = [row.number for row in rows]
    assert sorted(people.accepted.values()) == numbers
    submissions = await people.cluster.rows("SELECT number FROM intake.submission ORDER BY number")
    assert [row.number for row in submissions] == numbers
    texts = await people.cluster.rows("SELECT number FROM lifecycle.report_text ORDER BY number")
    assert [row.number for row in texts] == numbers


def _row_and_history_agree(row: Any, *, gaps: bool = False) -> None:
    state = ReportState.model_validate(row.state)
    assert row.entries == list(range(1, len(row.entries) + 1)), row.number
    assert state.entries == len(row.entries), row.number
    assert gaps or sorted(set(row.versions)) == list(range(1, row.version + 1)), row.number
    assert row.last_status == row.status, row.number
    columns = {
        "version": state.version,
        "status": state.status,
        "tab": TAB_OF[state.status],
        "handler_id": state.handler_id,
        "chain": list(state.chain),
        "held": state.held,
        "overdue": state.overdue,
        "due_at": state.due_at,
        "auto_close_at": state.auto_close_at,
        "last_step_at": state.last_step_at,
        "ended_at": state.ended_at,
        "anonymous": state.anonymous,
        "secret": state.secret,
        "priority": state.priority,
    }
    assert {name: getattr(row, name) for name in columns} == columns, row.number


async def _every_event_reached_the_stream_once(cluster: ClusterAccess, rows: Iterable[Any]) -> None:
    ids = Counter(id for id, _ in await messages_of(cluster, REPORTS))
    assert [id for id, times in ids.items() if times > 1] == []
    versions: defaultdict[int, list[int]] = defaultdict(list)
    for id in ids:
        about = _NUMBER_AND_VERSION.match(id)
        assert about is not None, id
        versions[int(about[1])].append(int(about[2]))
    # In the order of the stream: promised per report.
    assert dict(versions) == {row.number: list(range(1, row.version + 1)) for row in rows}
    sendings = Counter(id for id, _ in await messages_of(cluster, PARTNERS))
    assert [id for id, times in sendings.items() if times > 1] == []


async def _every_report_has_its_run(cluster: ClusterAccess, rows: Iterable[Any]) -> None:
    """One that runs, unless the report has ended: its run may be over, and forgotten."""
    async with asyncio.timeout(15):
        while wrong := await _wrong_runs(cluster, rows):
            await asyncio.sleep(0.3)
            assert wrong


async def _wrong_runs(cluster: ClusterAccess, rows: Iterable[Any]) -> list[tuple[int, int]]:
    running: Counter[str] = Counter()
    async for run in cluster.client.list_workflows("WorkflowType = 'ReportWorkflow'"):
        running[run.id] += run.status is WorkflowExecutionStatus.RUNNING
        assert run.status is not WorkflowExecutionStatus.FAILED, run.id
    wrong = []
    for row in rows:
        id, ended = f"report-{row.number}", row.tab in (Tab.CLOSED, Tab.ARCHIVED)
        if running[id] > 1 or (running[id] == 0 and not ended):
            wrong.append((row.number, running[id]))
    return wrong


_LEFT = """
SELECT (SELECT count(*) FROM lifecycle.command WHERE done IS NULL) AS commands,
       (SELECT count(*) FROM lifecycle.report WHERE launched_at IS NULL) AS unlaunched,
       (SELECT count(*) FROM lifecycle.outbox) AS outbox
"""
_REPORTS = """
SELECT r.*, h.entries, h.versions, h.last_status
FROM lifecycle.report r JOIN (
    SELECT number, array_agg(entry ORDER BY entry) AS entries,
           array_agg(version ORDER BY entry) AS versions,
           (array_agg(to_status ORDER BY entry DESC))[1] AS last_status
    FROM lifecycle.history GROUP BY number
) h ON h.number = r.number ORDER BY r.number
"""
