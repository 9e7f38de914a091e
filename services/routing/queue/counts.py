"""How many reports stand in each tab: open ones counted in the index, ended ones kept."""

from collections.abc import Sequence

from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.naming import ShownColour, tab_colour
from services.routing.queue.filters import DISPOSED, THROWN, QueueTab
from services.routing.queue.handlers import DECIDING, handlers_of, subtree
from services.routing.queue.pages import HANDED_DOWN
from shared.labels import label
from shared.lifecycle.statuses import Tab

MOST = 1000
"""What was handed down is counted up to here."""


class TabCount(BaseModel):
    """`more`: there are at least `count`."""

    tab: QueueTab
    sub: Tab | None = Field(description="Of `disposed`")
    label: str
    colour: ShownColour
    count: int
    more: bool


async def tab_counts(session: AsyncSession, agency_id: int, below: bool) -> list[TabCount]:
    """The counts of every tab of an agency's queue, with all below it if `below`."""
    all_below = await subtree(session, agency_id)
    deciding = all_below if below else await handlers_of(session, agency_id, DECIDING)
    acting = all_below if below else await handlers_of(session, agency_id, DISPOSED)
    counted = await _handled(session, deciding, (Tab.UNVERIFIED, Tab.DEFERRED), Tab.ARCHIVED)
    counted |= await _handled(session, acting, (Tab.AWAITING_FOLLOW_UP, Tab.IN_PROCESS), Tab.CLOSED)
    shown = [_shown(QueueTab(tab), counted[tab]) for tab in _ORDER]
    requests = await session.scalar(_REQUESTS, {"agencies": deciding})
    copies = await session.scalar(_COPIES, {"agencies": all_below if below else [agency_id]})
    given = [handler for handler in all_below if handler != agency_id]
    return [
        *shown,
        _shown(QueueTab.REQUESTS, requests or 0),
        _shown(QueueTab.THROWN, await _handed_down(session, agency_id, given, THROWN)),
        *[
            _shown(QueueTab.DISPOSED, await _handed_down(session, agency_id, given, (sub,)), sub)
            for sub in DISPOSED
        ],
        _shown(QueueTab.COPIES, copies or 0),
    ]


_ORDER = (*THROWN, *DISPOSED, Tab.ARCHIVED)


async def _handled(
    session: AsyncSession, handlers: Sequence[int], open_tabs: Sequence[Tab], ended: Tab
) -> dict[Tab, int]:
    parameters = {"agencies": handlers, "tabs": [tab.value for tab in open_tabs]}
    rows = (await session.execute(_OPEN, parameters)).all()
    found = dict.fromkeys(open_tabs, 0) | {Tab(tab): count for tab, count in rows}
    kept = await session.scalar(_ENDED, {"agencies": handlers, "tab": ended.value})
    return {**found, ended: int(kept or 0)}


async def _handed_down(
    session: AsyncSession, agency_id: int, below: Sequence[int], tabs: Sequence[Tab]
) -> int:
    parameters = {
        "agencies": below,
        "tabs": [tab.value for tab in tabs],
        "giver": [agency_id],
        "limit": MOST,
    }
    return int(await session.scalar(_GIVEN, parameters) or 0)


def _shown(tab: QueueTab, count: int, sub: Tab | None = None) -> TabCount:
    return TabCount(
        tab=tab,
        sub=sub,
        label=label("tab", sub or tab),
        colour=tab_colour(sub or tab),
        count=count,
        more=tab in {QueueTab.THROWN, QueueTab.DISPOSED} and count == MOST,
    )


_OPEN = text(
    "SELECT tab, count(*) FROM lifecycle.report"
    " WHERE handler_id = ANY (:agencies) AND tab = ANY (:tabs) GROUP BY tab"
)
_ENDED = text(
    "SELECT sum(reports) FROM lifecycle.ended_count"
    " WHERE handler_id = ANY (:agencies) AND tab = :tab"
)
_REQUESTS = text(
    "SELECT count(DISTINCT number) FROM lifecycle.request"
    " WHERE decision IS NULL AND decider_id = ANY (:agencies)"
)
_COPIES = text(
    "SELECT count(DISTINCT number) FROM lifecycle.copy WHERE agency_id = ANY (:agencies)"
)
_GIVEN = text(
    "SELECT count(*) FROM (SELECT FROM lifecycle.report r"  # noqa: S608
    f" WHERE {HANDED_DOWN} AND r.handler_id = ANY (:agencies) AND r.tab = ANY (:tabs)"
    " LIMIT :limit) given"
)
