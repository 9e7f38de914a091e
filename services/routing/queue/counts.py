"""How many reports each tab has: counts that are updated as reports move, so nothing is scanned."""

from typing import Final

from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.filters import DISPOSED, THROWN, QueueTab
from services.routing.queue.handlers import monitored, requests_waiting
from services.routing.reading.names import ShownColour, tab_colour
from shared.labels import label
from shared.lifecycle.statuses import Tab
from shared.owed.responsibilities import DECIDING, handlers_of

LATE_COUNTED: Final = 21
"""Late reports of a tab are counted up to this number: a person would not count further."""


class TabCount(BaseModel):
    """`late` is None for a tab in which nothing is owed."""

    tab: QueueTab
    sub: Tab | None = Field(description="Of `disposed`")
    label: str
    colour: ShownColour
    count: int
    late: int | None = Field(description=f"How many of them are late, counted to {LATE_COUNTED}")


async def tab_counts(session: AsyncSession, agency_id: int, below: bool) -> list[TabCount]:
    """The counts of every tab of an agency's queue, with all agencies below it if `below`. Reports
    that the agency handed down are counted for it alone in either case."""
    reading: list[int] | None
    to_verify: list[int] | None
    to_follow_up: list[int] | None
    if below:
        reading = to_verify = to_follow_up = await monitored(session, agency_id)
    else:
        reading = [agency_id]
        to_verify = await handlers_of(session, agency_id, DECIDING)
        to_follow_up = await handlers_of(session, agency_id, DISPOSED)
    waiting = await requests_waiting(session, agency_id, below=below)
    parameters = {
        "agency": agency_id,
        "reading": reading,
        "to_verify": to_verify,
        "owed_by_admins": [tab.value for tab in DECIDING],
        "to_follow_up": to_follow_up,
        "owed_by_officers": [tab.value for tab in DISPOSED],
        "at_most": LATE_COUNTED,
    } | waiting.parameters
    statement = _COUNTS.format(
        waiting=waiting.condition,
        verified=_among("agency_id", "to_verify", to_verify),
        followed_up=_among("agency_id", "to_follow_up", to_follow_up),
        late_to_verify=_in("r.handler_id", "to_verify", to_verify),
        late_to_follow_up=_in("r.handler_id", "to_follow_up", to_follow_up),
        read=_in("agency_id", "reading", reading),
    )
    rows = await session.execute(text(statement), parameters)
    counts = {(kind, tab): int(n) for kind, tab, n in rows}
    late = {tab: n for (kind, tab), n in counts.items() if kind == "late"}
    thrown = sum(counts.get(("given", tab), 0) for tab in THROWN)
    return [
        *[
            _shown(QueueTab(tab), counts.get(("handled", tab), 0), late=late.get(tab))
            for tab in _ORDER
        ],
        _shown(QueueTab.REQUESTS, counts["requests", ""], late=late[QueueTab.REQUESTS]),
        _shown(QueueTab.THROWN, thrown),
        *[_shown(QueueTab.DISPOSED, counts.get(("given", sub), 0), sub) for sub in DISPOSED],
        _shown(QueueTab.COPIES, counts["copies", ""]),
    ]


def _among(column: str, name: str, agencies: list[int] | None) -> str:
    """The condition on the column; `agencies` None means all agencies."""
    return "true" if agencies is None else f"{column} = ANY (:{name})"


def _in(column: str, name: str, agencies: list[int] | None) -> str:
    """As `_among`, for conditions on few rows. Naming agencies one by one costs the planner a
    millisecond for each thousand, longer than reading such rows."""
    return "true" if agencies is None else f"{column} IN (SELECT unnest(CAST(:{name} AS int[])))"


_ORDER = (*THROWN, *DISPOSED, Tab.ARCHIVED)


def _shown(
    tab: QueueTab, count: int, sub: Tab | None = None, *, late: int | None = None
) -> TabCount:
    return TabCount(
        tab=tab,
        sub=sub,
        label=label("tab", sub or tab),
        colour=tab_colour(sub or tab),
        count=count,
        late=late,
    )


# Few reports are late, and they have an index of their own.
_COUNTS = """
SELECT 'handled', tab, sum(reports) FROM lifecycle.tab_reports
WHERE NOT given AND (
    {verified} AND tab = ANY (:owed_by_admins)
    OR {followed_up} AND tab = ANY (:owed_by_officers))
GROUP BY tab
UNION ALL
SELECT 'given', tab, sum(reports) FROM lifecycle.tab_reports
WHERE given AND agency_id = :agency GROUP BY tab
UNION ALL
SELECT 'late', 'unverified', count(*) FROM (
    SELECT FROM lifecycle.report r WHERE r.overdue AND r.ended_at IS NULL
        AND r.tab = 'unverified' AND {late_to_verify} LIMIT :at_most) r
UNION ALL
SELECT 'late', t.tab, r.reports
FROM (VALUES ('awaiting_follow_up'), ('in_process')) t (tab), LATERAL (
    SELECT count(*) AS reports FROM (
        SELECT FROM lifecycle.report r WHERE r.overdue AND r.ended_at IS NULL
            AND r.tab = t.tab AND {late_to_follow_up} LIMIT :at_most) r) r
UNION ALL
SELECT 'requests', '', count(DISTINCT q.number) FROM lifecycle.request q WHERE {waiting}
UNION ALL
SELECT 'late', 'requests', count(*) FROM (
    SELECT FROM lifecycle.report r WHERE r.overdue AND r.number IN (
        SELECT q.number FROM lifecycle.request q WHERE {waiting}) LIMIT :at_most) r
UNION ALL
SELECT 'copies', '', count(DISTINCT number) FROM lifecycle.copy WHERE {read}
"""
