"""What must hold while everything goes on, asked of the tables alone, after each fault."""

import asyncio
import time
from datetime import datetime
from typing import Any

from tests.chaos.invariants import all_promises_are_kept
from tests.whole_cluster.channels import Crowd, partners_reports_arrived

LATEST = 120.0
"""Seconds after a fault within which everything that was put off has been done."""


async def nothing_is_lost_or_late(crowd: Crowd) -> None:
    """Every accepted report has its row, history and words, without gaps; what was asked before now
    is waited for two minutes, then it is late. Raises AssertionError."""
    asked_by = await crowd.cluster.value("SELECT now()")
    accepted = list(crowd.accepted.values())
    missing = await crowd.cluster.rows(_MISSING, numbers=accepted)
    assert not missing, f"accepted and lost: {[row.number for row in missing]}"
    assert len(set(accepted)) == len(accepted), "two reports have one number"
    gaps = await crowd.cluster.rows(_GAPS)
    assert not gaps, f"a gap or a repeat in the history of {[row.number for row in gaps]}"
    until, late = time.monotonic() + LATEST, await _waiting(crowd, asked_by)
    while any(late):
        assert time.monotonic() < until, f"late: commands, launches, messages: {late}"
        await asyncio.sleep(0.5)
        late = await _waiting(crowd, asked_by)


async def everything_holds(crowd: Crowd) -> None:
    """With nobody at work: all that the system promises, of every report, event and run."""
    await partners_reports_arrived(crowd)
    await nothing_is_lost_or_late(crowd)
    await all_promises_are_kept(crowd, settling=LATEST)


async def _waiting(crowd: Crowd, asked_by: datetime) -> tuple[Any, ...]:
    [row] = await crowd.cluster.rows(_WAITING, asked_by=asked_by)
    return tuple(row)


_MISSING = """
SELECT n AS number FROM unnest(cast(:numbers AS bigint[])) n
WHERE NOT EXISTS (SELECT FROM lifecycle.report r WHERE r.number = n)
   OR NOT EXISTS (SELECT FROM lifecycle.report_text t WHERE t.number = n)
   OR NOT EXISTS (SELECT FROM intake.submission s WHERE s.number = n)
"""
_GAPS = """
SELECT r.number FROM lifecycle.report r JOIN lifecycle.history h ON h.number = r.number
GROUP BY r.number, r.version
HAVING count(DISTINCT h.entry) <> count(*) OR max(h.entry) <> count(*)
    OR max(h.version) <> r.version OR count(DISTINCT h.version) <> r.version
"""
_WAITING = """
SELECT (SELECT count(*) FROM lifecycle.command WHERE done IS NULL AND at < :asked_by),
       (SELECT count(*) FROM lifecycle.report
        WHERE launched_at IS NULL AND submitted_at < :asked_by),
       (SELECT count(*) FROM lifecycle.outbox WHERE created_at < :asked_by)
"""
