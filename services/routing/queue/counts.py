"""How many reports stand in each tab: kept as reports move, so that nothing is scanned."""

from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.filters import DISPOSED, THROWN, QueueTab
from services.routing.queue.handlers import requests_waiting, subtree
from services.routing.reading.names import ShownColour, tab_colour
from shared.labels import label
from shared.lifecycle.statuses import Tab
from shared.owed.whose import DECIDING, handlers_of


class TabCount(BaseModel):
    tab: QueueTab
    sub: Tab | None = Field(description="Of `disposed`")
    label: str
    colour: ShownColour
    count: int


async def tab_counts(session: AsyncSession, agency_id: int, below: bool) -> list[TabCount]:
    """The counts of every tab of an agency's queue, with all below it if `below`. What an agency
    handed down is its own, whichever way it is looked at."""
    if below:
        reading = to_verify = to_follow_up = await subtree(session, agency_id)
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
    } | waiting.parameters
    rows = await session.execute(text(_COUNTS.format(waiting.condition)), parameters)
    counts = {(kind, tab): int(n) for kind, tab, n in rows}
    thrown = sum(counts.get(("given", tab), 0) for tab in THROWN)
    return [
        *[_shown(QueueTab(tab), counts.get(("handled", tab), 0)) for tab in _ORDER],
        _shown(QueueTab.REQUESTS, counts["requests", ""]),
        _shown(QueueTab.THROWN, thrown),
        *[_shown(QueueTab.DISPOSED, counts.get(("given", sub), 0), sub) for sub in DISPOSED],
        _shown(QueueTab.COPIES, counts["copies", ""]),
    ]


_ORDER = (*THROWN, *DISPOSED, Tab.ARCHIVED)


def _shown(tab: QueueTab, count: int, sub: Tab | None = None) -> TabCount:
    return TabCount(
        tab=tab, sub=sub, label=label("tab", sub or tab), colour=tab_colour(sub or tab), count=count
    )


_COUNTS = """
SELECT 'handled', tab, sum(reports) FROM lifecycle.tab_reports
WHERE NOT given AND (
    agency_id = ANY (:to_verify) AND tab = ANY (:owed_by_admins)
    OR agency_id = ANY (:to_follow_up) AND tab = ANY (:owed_by_officers))
GROUP BY tab
UNION ALL
SELECT 'given', tab, sum(reports) FROM lifecycle.tab_reports
WHERE given AND agency_id = :agency GROUP BY tab
UNION ALL
SELECT 'requests', '', count(DISTINCT q.number) FROM lifecycle.request q WHERE {}
UNION ALL
SELECT 'copies', '', count(DISTINCT number) FROM lifecycle.copy WHERE agency_id = ANY (:reading)
"""
