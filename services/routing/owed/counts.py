"""How much is owed, by kind and by how soon it is due."""

from datetime import datetime, time, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.owed.pages import OwedScope, other_sources
from shared.clock import now
from shared.labels import label
from shared.lifecycle.calendar import SPREAD, Zone
from shared.owed.statements import ORDINARY_AT_THE_ROOT, OwedKind, all_reports

COUNTED = 1_000
"""Ordinary escalations at pusat are counted up to this number."""


class OwedCount(BaseModel):
    kind: OwedKind
    label: str
    count: int
    late: int


class OwedCounts(BaseModel):
    """`today` counts what is due by the end of this day and not late."""

    total: int
    late: int
    today: int
    kinds: list[OwedCount] = Field(description="The kinds of which there is at least one item")
    escalated_ordinary: int | None = Field(
        description=f"At pusat: ordinary reports whose lateness has come up to it, counted to"
        f" {COUNTED}; they are not listed"
    )


async def owed_counts(session: AsyncSession, scope: OwedScope) -> OwedCounts:
    """The counts of the items that `GET /owed` lists."""
    moment = now()
    parameters = scope.parameters | {"now": moment, "tonight": end_of_day(moment, scope.zone)}
    reports = f"SELECT kind, number, ref, priority, due_at FROM ({all_reports(scope.narrowed)}) r"  # noqa: S608
    sources = " UNION ALL ".join([reports, *other_sources(scope)])
    rows = (await session.execute(text(_COUNTS.format(sources)), parameters)).all()
    by_kind = {row.kind: row for row in rows}
    kinds = [
        OwedCount(kind=kind, label=label("owed", kind), count=row.owed, late=row.late)
        for kind in OwedKind
        if (row := by_kind.get(kind)) is not None
    ]
    return OwedCounts(
        total=sum(kind.count for kind in kinds),
        late=sum(kind.late for kind in kinds),
        today=sum(row.today for row in rows),
        kinds=kinds,
        escalated_ordinary=await _ordinary(session, scope),
    )


def end_of_day(moment: datetime, zone: Zone) -> datetime:
    """The instant before which a deadline belongs to this day. Deadlines at its midnight are spread
    over the minutes after it."""
    tomorrow = moment.astimezone(zone.offset).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone.offset) + SPREAD


async def _ordinary(session: AsyncSession, scope: OwedScope) -> int | None:
    if not (scope.responsibilities.at_the_root and scope.responsibilities.deciders):
        return None
    parameters = {"deciding": scope.responsibilities.agency_id, "at_most": COUNTED}
    counted = text(f"SELECT count(*) FROM ({ORDINARY_AT_THE_ROOT}) o")  # noqa: S608
    return int(await session.scalar(counted, parameters) or 0)


_COUNTS = """
SELECT kind, count(*) AS owed, count(*) FILTER (WHERE due_at <= :now) AS late,
    count(*) FILTER (WHERE due_at > :now AND due_at < :tonight) AS today
FROM ({}) owed GROUP BY kind
"""
