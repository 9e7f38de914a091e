"""`GET /figures/public`: the numbers of public reports, with small groups suppressed."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from services.reporting.statistics.marks import CLOSED_UNANSWERED, OBJECTIONS
from shared.clock import now
from shared.database.engine import Database
from shared.http.documentation import problem_responses
from shared.http.transaction import CurrentDatabase
from shared.labels import label
from shared.lifecycle.statuses import STATUSES_OF, TAB_OF, Status, Tab
from shared.privacy.publication import PUBLIC_CHANNEL

SMALL = 5
"""Groups of fewer reports are not shown."""
KEPT_FOR = 300.0
"""Seconds that the figures are kept. Counting all reports for each reader would be expensive, and
the difference between two moments could reveal a single report."""

router = APIRouter(tags=["figures"], responses=problem_responses(503))


class Group(BaseModel):
    code: str
    label: str
    count: int | None = Field(description="null if there are too few to show")


class AnsweredGroup(Group):
    share: float | None = Field(
        description="The share of the reports that are closed in this way; null if not shown"
    )


class PublicFigures(BaseModel):
    """Reports whose text the public can read: verified, not archived, not secret."""

    at: datetime
    tab: list[Group]
    status: list[Group]
    channel: list[Group] = Field(description="Only of reports that are not anonymous")
    month: list[Group] = Field(description="By submission (WIB), e.g. 2026-01")
    rating: list[Group] = Field(description="How reporters rated closings; 5 is best")
    answered: list[AnsweredGroup] = Field(
        description="Closed reports whose reporters rated the closing, by who closed"
    )
    closing: list[Group] = Field(
        description="Reports closed by the system without an answer, and how objections to "
        "closings ended"
    )


@router.get("/figures/public")
async def public_figures(
    request: Request, response: Response, database: CurrentDatabase
) -> PublicFigures:
    """Return counts of public reports by tab, status, channel and month. Groups of fewer than five
    are suppressed. One more group is suppressed if subtraction would reveal the first."""
    state = request.app.state
    if not hasattr(state, "public_figures"):
        state.public_figures = _FiguresCache()
    figures: PublicFigures = await state.public_figures.read(database)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_FOR:.0f}"
    return figures


def suppressed(counts: Mapping[str, int], *, also_one: bool = False) -> dict[str, int | None]:
    """Return the counts with those below `SMALL` as None. If only one is hidden, the smallest other
    is hidden too, because the sum may be known. With `also_one`, at least one is hidden."""
    hidden = {code for code, count in counts.items() if 0 < count < SMALL}
    if len(hidden) == 1 or (also_one and not hidden):
        others = sorted((count, code) for code, count in counts.items() if code not in hidden)
        hidden |= {code for _, code in others[:1]}
    return {code: None if code in hidden else count for code, count in counts.items()}


def suppressed_statuses(counts: Mapping[str, int]) -> tuple[dict[str, int | None], ...]:
    """Return the suppressed counts of tabs and of statuses. A hidden tab hides at least one of its
    statuses too."""
    per_tab: dict[str, int] = {}
    for status, count in counts.items():
        tab = TAB_OF[Status(status)]
        per_tab[tab] = per_tab.get(tab, 0) + count
    tabs = suppressed(per_tab)
    statuses: dict[str, int | None] = {}
    for tab, of_tab in STATUSES_OF.items():
        own = {status.value: counts[status] for status in of_tab if status in counts}
        statuses |= suppressed(own, also_one=tabs.get(tab) is None)
    return tabs, statuses


def answered_closings(
    answers: Mapping[str, int], closed: Mapping[str, int | None]
) -> list[AnsweredGroup]:
    """Return how many closings were rated, by who closed, with the share if both numbers are
    shown."""
    counts = {
        status.value: count
        for status in STATUSES_OF[Tab.CLOSED]
        if (count := answers.get(f"answered:{status}"))
    }
    groups = []
    for status, shown in suppressed(counts).items():
        of = closed.get(status)
        share = round(shown / of, 3) if shown is not None and of else None
        name = label("status", status)
        groups.append(AnsweredGroup(code=status, label=name, count=shown, share=share))
    return groups


class _FiguresCache:
    """The figures of the last minutes, counted by one request at a time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._figures: PublicFigures | None = None
        self._until = 0.0

    async def read(self, database: Database) -> PublicFigures:
        async with self._lock:
            if self._figures is None or time.monotonic() > self._until:
                self._figures = await _count(database)
                self._until = time.monotonic() + KEPT_FOR
            return self._figures


async def _count(database: Database) -> PublicFigures:
    by: dict[str, dict[str, int]] = {"status": {}, "channel": {}, "month": {}}
    answers: dict[str, int] = {}
    async with database.autocommit() as connection:
        for status, channel, month, count in await connection.execute(_PUBLIC):
            for name, code in (("status", status), ("channel", channel), ("month", month)):
                if code is not None:
                    by[name][code] = count
        for mark, count in await connection.execute(_SAID, {"marks": _MARKS}):
            answers[mark] = count
    ratings = {
        mark.partition(":")[2]: n for mark, n in answers.items() if mark.startswith("rating:")
    }
    ended = {mark: count for mark, count in answers.items() if mark in _CLOSING}
    tabs, statuses = suppressed_statuses(by["status"])
    return PublicFigures(
        at=now(),
        tab=_groups("tab", tabs),
        status=_groups("status", statuses),
        channel=_groups("channel", suppressed(by["channel"])),
        month=[
            Group(code=month, label=month, count=count)
            for month, count in sorted(suppressed(by["month"]).items())
        ],
        rating=_groups("rating", suppressed(ratings)),
        answered=answered_closings(answers, statuses),
        closing=_groups("figure", suppressed(ended)),
    )


def _groups(kind: str, counts: Mapping[str, int | None]) -> list[Group]:
    return [
        Group(code=code, label=label(kind, code), count=count) for code, count in counts.items()
    ]


_CLOSING = (CLOSED_UNANSWERED, *OBJECTIONS)
_MARKS = [
    *_CLOSING,
    *(f"rating:{value}" for value in range(1, 6)),
    *(f"answered:{status}" for status in STATUSES_OF[Tab.CLOSED]),
]
_SAID = text("""
SELECT mark, count(*) FROM reporting.fact f
JOIN lifecycle.report r USING (number), unnest(f.marks) mark
WHERE f.marks && :marks AND mark = ANY (:marks) AND NOT r.secret
  AND r.tab = ANY (ARRAY['awaiting_follow_up', 'in_process', 'closed'])
GROUP BY mark ORDER BY mark
""")
# The count by channel includes only reports whose channel is public, because it grows by one with
# each report.
_PUBLIC = text(f"""
SELECT r.status, {PUBLIC_CHANNEL.format("r")},
       to_char(r.submitted_at AT TIME ZONE 'Asia/Jakarta', 'YYYY-MM'), count(*)
FROM lifecycle.report r
WHERE NOT r.secret AND r.tab = ANY (ARRAY['awaiting_follow_up', 'in_process', 'closed'])
GROUP BY GROUPING SETS ((1), (2), (3))
""")  # noqa: S608
