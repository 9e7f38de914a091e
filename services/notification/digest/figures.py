"""Counts what the people of an agency owe, by deadline, with the numbers of the first few
reports."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.digest.names import HOUR, MINUTE
from shared.database.views import AgencyEntry
from shared.lifecycle.calendar import SPREAD, WorkingCalendar, Zone
from shared.lifecycle.people import Role
from shared.owed.responsibilities import Responsibilities, responsibilities_of
from shared.owed.statements import (
    ESCALATIONS,
    ESCALATIONS_AT_THE_ROOT,
    ORDINARY_AT_THE_ROOT,
    REQUESTS,
    REQUESTS_ESCALATED,
    OwedKind,
    all_reports,
    parameters_of,
)

Section = Literal["late", "today", "next_day", "decide", "escalated"]
NAMED = 5
"""How many report numbers a section lists."""
COUNTED = 1_000
"""The highest number of ordinary escalations to pusat that is counted."""


class Group(NamedTuple):
    """Items of one kind in a section, assigned to one person or to nobody."""

    section: Section
    kind: OwedKind
    assignee_id: int | None
    items: int
    numbers: list[int]


@dataclass(frozen=True)
class DigestDays:
    """The times that a digest uses. What is due by `moment` is late; `tonight` and `next_night` end
    today and the next working day. News covers the time from the morning of the previous working
    day until this `morning`."""

    moment: datetime
    tonight: datetime
    next_night: datetime
    morning: datetime
    morning_before: datetime

    @classmethod
    def of(cls, day: date, zone: Zone, calendar: WorkingCalendar, moment: datetime) -> "DigestDays":
        following = day + timedelta(days=1)
        while not calendar.is_working(following):
            following += timedelta(days=1)
        before = day - timedelta(days=1)
        while not calendar.is_working(before):
            before -= timedelta(days=1)
        nights = _end(day, zone), _end(following, zone)
        return cls(moment, *nights, _morning(day, zone), _morning(before, zone))


@dataclass(frozen=True)
class AgencyFigures:
    """What people of one role at an agency owe. They all owe the same steps on reports, apart from
    assignments."""

    theirs: Responsibilities
    steps: Sequence[Group]
    ordinary: int | None
    """For pusat only: how many ordinary reports were escalated to it."""


async def agency_figures(
    session: AsyncSession, agency: AgencyEntry, role: Role, days: DigestDays
) -> AgencyFigures:
    """The figures for all people of this role at the agency."""
    at_the_root = len(agency.path) == 1
    theirs = await responsibilities_of(session, agency.id, role, at_the_root=at_the_root)
    parameters = parameters_of(theirs, 0, tuple(OwedKind)) | vars(days)
    rows = await session.execute(_STEPS, parameters)
    ordinary = None
    if at_the_root and theirs.deciders:
        ordinary = await session.scalar(_ORDINARY, parameters | {"at_most": COUNTED})
    return AgencyFigures(theirs, [_group(row) for row in rows], ordinary)


async def for_an_admin(
    session: AsyncSession, figures: AgencyFigures, staff_id: int, days: DigestDays
) -> list[Group]:
    """Requests that wait for this admin's decision, and reports escalated to the agency."""
    theirs = figures.theirs
    if not theirs.deciders:
        return []
    parameters = parameters_of(theirs, staff_id, tuple(OwedKind)) | vars(days)
    statement = _OTHERS_AT_THE_ROOT if theirs.at_the_root else _OTHERS
    return [_group(row) for row in await session.execute(statement, parameters)]


def sections_of(groups: Collection[Group]) -> dict[str, Any]:
    """The sections of a digest, as facts of its message."""
    sections: dict[str, dict[str, Any]] = {}
    for group in groups:
        section = sections.setdefault(group.section, {"count": 0, "numbers": []})
        section["count"] += group.items
        section["numbers"] = [*section["numbers"], *group.numbers][:NAMED]
    return sections


def _group(row: Any) -> Group:
    return Group(row.section, OwedKind(row.kind), row.assignee_id, row.items, row.numbers)


def _morning(day: date, zone: Zone) -> datetime:
    return datetime.combine(day, time(HOUR, MINUTE), zone.offset)


def _end(day: date, zone: Zone) -> datetime:
    """The end of a day: deadlines at midnight are spread over the minutes after it."""
    return datetime.combine(day + timedelta(days=1), time(), zone.offset) + SPREAD


_COUNTED = f"count(*) AS items, (array_agg(number ORDER BY due_at, number))[1:{NAMED}] AS numbers"
_STEPS = text(f"""
SELECT section, kind, assignee_id, {_COUNTED}
FROM (SELECT kind, number, due_at, assignee_id,
             CASE WHEN due_at <= :moment THEN 'late' WHEN due_at < :tonight THEN 'today'
                  ELSE 'next_day' END AS section
      FROM ({all_reports("r.due_at < :next_night")}) r) owed
GROUP BY section, kind, assignee_id
""")  # noqa: S608
_GROUPED = """
SELECT CASE kind WHEN 'escalation' THEN 'escalated' ELSE 'decide' END AS section, kind,
       NULL AS assignee_id, {} FROM ({}) owed GROUP BY kind
"""
_OTHERS = text(
    _GROUPED.format(_COUNTED, " UNION ALL ".join([REQUESTS, ESCALATIONS, REQUESTS_ESCALATED]))
)
_OTHERS_AT_THE_ROOT = text(
    _GROUPED.format(
        _COUNTED, " UNION ALL ".join([REQUESTS, ESCALATIONS_AT_THE_ROOT, REQUESTS_ESCALATED])
    )
)
_ORDINARY = text(f"SELECT count(*) FROM ({ORDINARY_AT_THE_ROOT}) o")  # noqa: S608
