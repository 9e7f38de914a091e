"""*Pemanfaatan Data*: what the reports are about, where, how and when they came, and what is
rising."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.statistics.figures import Figure, Scope
from services.reporting.statistics.marks import NONE
from services.reporting.statistics.period import AskedAgency, AskedPeriod, agency_in_reach
from services.reporting.statistics.places import name_of
from services.reporting.statistics.tallies import Tally, read_totals
from shared.database.views import CategoryEntry, ProgrammeEntry, TagEntry
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction
from shared.labels import label
from shared.labels.dates import full_hour

RISES = 10
"""The number of rising groups that are shown."""

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))

Name = Callable[[str], str]


class ComparedFigure(Figure):
    """A figure and that of the period before."""

    before: int = Field(description="In the preceding period of the same length")
    parent: str | None = Field(
        None, description="For a category of the second level: the mark of the category above"
    )


class Usage(BaseModel):
    """Groups of each kind, largest first; hours and weekdays (0 is Monday) in chronological
    order."""

    scope: Scope
    total: int
    total_before: int
    categories: list[ComparedFigure]
    tags: list[ComparedFigure]
    classifications: list[ComparedFigure]
    programmes: list[ComparedFigure]
    provinces: list[ComparedFigure] = Field(
        description="For smaller regions, see `GET /statistics/places`"
    )
    channels: list[ComparedFigure]
    flags: list[ComparedFigure]
    hours: list[ComparedFigure]
    weekdays: list[ComparedFigure]
    rising: list[ComparedFigure] = Field(
        description="Categories, tags and places that grew most, compared with the growth of "
        "all reports"
    )


@router.get("/statistics/usage")
async def usage(
    staff: CurrentReader, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> Usage:
    """Return the figures by category, tag, classification, programme, place, channel and time."""
    unit = await agency_in_reach(session, staff, agency)
    now = (await read_totals(session, "usage", [unit.id], period))[unit.id]
    before = (await read_totals(session, "usage", [unit.id], period.before()))[unit.id]
    named = await _Named.read(session)

    def groups(kind: str, name: Name) -> list[ComparedFigure]:
        return _groups(kind, name, now, before)

    categories = groups("category", named.category)
    for group in categories:
        group.parent = named.parent(group.mark)
    tags = groups("tag", named.tag)
    provinces = [group for group in groups("place", name_of) if "." not in group.mark]
    totals = _sum(now), _sum(before)
    # On one day, a small unit may have a single report; copies of an anonymous report do not show
    # its channel either.
    shows_channels = not staff.role.only_reads
    return Usage(
        scope=Scope.of(unit, period),
        total=totals[0],
        total_before=totals[1],
        categories=categories,
        tags=tags,
        classifications=groups("classification", _labelled("classification")),
        programmes=groups("programme", named.programme),
        provinces=provinces,
        channels=groups("channel", _labelled("channel")) if shows_channels else [],
        flags=groups("flag", _labelled("flag")),
        hours=_in_order(groups("hour", _hour)),
        weekdays=_in_order(groups("weekday", _labelled("weekday"))),
        rising=_rising([*categories, *tags, *provinces], *totals),
    )


class _Named:
    """The names, by id, of categories, tags and programmes."""

    def __init__(self, names: Mapping[str, str], parents: Mapping[str, str]) -> None:
        self._names, self._parents = names, parents

    @classmethod
    async def read(cls, session: AsyncSession) -> "_Named":
        categories = (await session.scalars(select(CategoryEntry))).all()
        tags = (await session.scalars(select(TagEntry))).all()
        programmes = (await session.scalars(select(ProgrammeEntry))).all()
        named = (("category", categories), ("tag", tags), ("programme", programmes))
        names = {f"{kind}:{row.id}": row.name for kind, rows in named for row in rows}
        below = (category for category in categories if category.parent_id)
        parents = {f"category:{row.id}": f"category:{row.parent_id}" for row in below}
        return cls(names, parents)

    def category(self, code: str) -> str:
        return self._name("category", code)

    def tag(self, code: str) -> str:
        return self._name("tag", code)

    def programme(self, code: str) -> str:
        return self._name("programme", code)

    def parent(self, mark: str) -> str | None:
        return self._parents.get(mark)

    def _name(self, kind: str, code: str) -> str:
        return label("figure", NONE) if code == NONE else self._names.get(f"{kind}:{code}", code)


def _groups(kind: str, name: Name, now: Tally, before: Tally) -> list[ComparedFigure]:
    counts, former = now.of_kind(kind), before.of_kind(kind)
    groups = [
        ComparedFigure(
            mark=f"{kind}:{code}",
            label=name(code),
            count=counts.get(code, 0),
            before=former.get(code, 0),
        )
        for code in counts.keys() | former.keys()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.label))


def _sum(tally: Tally) -> int:
    return sum(tally.of_kind("channel").values())


def _rising(groups: list[ComparedFigure], total: int, total_before: int) -> list[ComparedFigure]:
    """Return the groups that grew more than all reports did, largest excess first."""
    if not total_before:
        return []  # nothing to compare with
    growth = total / total_before
    excess = {group.mark: group.count - group.before * growth for group in groups}
    rising = [
        group
        for group in groups
        if group.count > group.before
        and excess[group.mark] > 0
        and not group.mark.endswith(f":{NONE}")
    ]
    return sorted(rising, key=lambda group: (-excess[group.mark], group.mark))[:RISES]


def _in_order(groups: list[ComparedFigure]) -> list[ComparedFigure]:
    return sorted(groups, key=lambda group: int(group.mark.partition(":")[2]))


def _labelled(kind: str) -> Name:
    def name(code: str) -> str:
        return label("figure", NONE) if code == NONE else label(kind, code)

    return name


def _hour(code: str) -> str:
    return full_hour(int(code))
