"""One page of what is owed: reports found by index probes, and the few requests and escalations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import ConfigDict, Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.stand_ins import stood_in_for
from shared.clock import now
from shared.command_requests.directory import agency
from shared.database.views import StaffEntry
from shared.http.paging import Cursor, PageSize, open_cursor, seal_cursor
from shared.http.tokens import Staff
from shared.lifecycle.calendar import Zone
from shared.owed.order import OwedOrder, OwedPlace, owed_order
from shared.owed.responsibilities import Responsibilities, responsibilities_of
from shared.owed.statements import (
    ASSIGNED_TO_NO_COLLEAGUE,
    ESCALATIONS,
    ESCALATIONS_AT_THE_ROOT,
    REQUESTS,
    REQUESTS_ESCALATED,
    OwedKind,
    first_reports,
    parameters_of,
)
from shared.privacy.identity import IdentityCipher
from shared.values.fields import PlainNumbers


class OwedQuery(PlainNumbers):
    """The parameters of `GET /owed`."""

    model_config = ConfigDict(extra="forbid")

    kind: OwedKind | None = None
    whose: Annotated[
        Literal["agency", "mine"],
        Field(
            description="`mine`: without reports assigned to a colleague, unless this person "
            "stands in for them"
        ),
    ] = "agency"
    limit: PageSize = 25
    cursor: Cursor = None


class Owed(NamedTuple):
    """A step, a decision or an escalation; `ref` is the id of the request to be decided, or ''."""

    kind: OwedKind
    number: int
    ref: str
    priority: bool
    due_at: datetime


@dataclass(frozen=True)
class OwedScope:
    """Whose duties are asked for, as parameters of the statements of `shared.owed`."""

    responsibilities: Responsibilities
    kinds: tuple[OwedKind, ...]
    narrowed: str
    zone: Zone
    parameters: dict[str, Any]


async def owed_scope(session: AsyncSession, staff: Staff, query: OwedQuery) -> OwedScope:
    """The scope of this person's query."""
    role, at_the_root = staff.role, len(staff.agency_path) == 1
    responsibilities = await responsibilities_of(
        session, staff.agency_id, role, at_the_root=at_the_root
    )
    kinds = (query.kind,) if query.kind else tuple(OwedKind)
    parameters = parameters_of(responsibilities, staff.id, kinds)
    narrowed = "true"
    if query.whose == "mine":
        narrowed = ASSIGNED_TO_NO_COLLEAGUE
        parameters["colleagues"] = await _colleagues(session, staff)
    own = await agency(session, staff.agency_id)
    return OwedScope(responsibilities, kinds, narrowed, own.zone if own else Zone.WIB, parameters)


def other_sources(scope: OwedScope) -> list[str]:
    """The statements for what is owed besides steps on reports; none for officers, who owe only
    steps."""
    if not scope.responsibilities.deciders:
        return []
    sources = []
    if {OwedKind.DECIDE, OwedKind.OBJECTION} & set(scope.kinds):
        sources.append(REQUESTS)
    if OwedKind.ESCALATION in scope.kinds:
        at_the_root = scope.responsibilities.at_the_root
        sources.append(ESCALATIONS_AT_THE_ROOT if at_the_root else ESCALATIONS)
        sources.append(REQUESTS_ESCALATED)
    return sources


async def owed_page(
    session: AsyncSession, staff: Staff, query: OwedQuery, cipher: IdentityCipher
) -> tuple[list[Owed], str | None]:
    """One page, and the cursor of the next if there is one. All pages of a list use the same
    instant, so that items which become late meanwhile do not move to pages already read."""
    place = open_cursor(query.cursor, OwedPlace, cipher)
    scope = await owed_scope(session, staff, query)
    as_of = place.t if place else now()
    order = owed_order(place, scope.zone, as_of)
    parameters = scope.parameters | order.parameters | {"limit": query.limit + 1}
    rows = await session.execute(text(_page(scope, order)), parameters)
    items = [Owed(OwedKind(row.kind), *row[1:]) for row in rows]
    page = items[: query.limit]
    if len(items) <= query.limit:
        return page, None
    last = page[-1]
    behind = OwedPlace(t=as_of, p=last.priority, d=last.due_at, n=last.number, r=last.ref)
    return page, seal_cursor(behind, cipher)


def _page(scope: OwedScope, order: OwedOrder) -> str:
    sources = [first_reports(order, scope.narrowed)]
    urgent, others = order.urgent_requests.format("o"), order.other_requests.format("o")
    sources += [
        f"SELECT o.* FROM ({source}) o"  # noqa: S608
        f" WHERE o.priority AND {urgent} OR NOT o.priority AND {others}"
        for source in other_sources(scope)
    ]
    return (
        f"SELECT kind, number, ref, priority, due_at FROM ({' UNION ALL '.join(sources)}) owed"  # noqa: S608
        f" ORDER BY {order.by} LIMIT :limit"
    )


async def _colleagues(session: AsyncSession, staff: Staff) -> list[int]:
    """The ids of active colleagues, without the person and those they stand in for."""
    stood_in_for_ids = await stood_in_for(session, staff.id)
    colleagues = select(col(StaffEntry.id)).where(
        col(StaffEntry.agency_id) == staff.agency_id,
        col(StaffEntry.active),
        col(StaffEntry.id).not_in(stood_in_for_ids),
    )
    return list(await session.scalars(colleagues))
