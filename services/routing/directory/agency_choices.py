"""The agencies that a form offers, by their everyday names, likely ones first with the reason."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.finding_models import UsualUnit
from services.routing.models import Agency, Category
from services.routing.reading.requests import request_rows
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.database.agency_search import Match, Step, find_agencies
from shared.database.lifecycle import Report
from shared.database.views import AgencyEntry
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.problems import forbidden
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.labels import label
from shared.values import regions
from shared.values.ids import CategoryId
from shared.values.text import NAME_SEARCH_LIMIT

Purpose = Literal["verify", "throw", "forward", "defer", "any"]
Likely = Literal["addressed", "suggested", "usual", "own"]
Unavailable = Literal["no_admin", "no_officer", "connected", "own_agency", "handles_it"]


class OfferedAgency(BaseModel):
    """`likely` says why the agency comes first; `unavailable` says why it cannot be chosen and
    comes last. `place` names the agencies above it, the nearest first."""

    id: int
    name: str
    kind_label: str
    aliases: list[str]
    place: str
    likely: Likely | None
    unavailable: Unavailable | None


class OfferedAgencies(BaseModel):
    """The best matches, of `total`."""

    items: list[OfferedAgency]
    total: int = Field(description="The number of matches, including those not in `items`")
    partial: bool = Field(description="No agency has all words of `q`; these match only in part")


router = APIRouter(tags=["agencies"], responses=problem_responses(401, 403, 404, 422))


@router.get("/agency-choices")
async def list_agency_choices(
    staff: CurrentReader,
    session: Transaction,
    q: Annotated[
        str | None,
        Query(
            max_length=NAME_SEARCH_LIMIT,
            description="Words of its name, other names or place; they may be abbreviated or "
            "mistyped",
        ),
    ] = None,
    purpose: Annotated[
        Purpose, Query(description="The action for which an agency is chosen")
    ] = "any",
    report: Annotated[
        int | None,
        Query(ge=1, le=2**53, description="Agencies that are likely for this report come first"),
    ] = None,
    category: Annotated[
        CategoryId | None,
        Query(description="Agencies that are usual for this category come first"),
    ] = None,
    below: Annotated[bool, Query(description="Only the own agency and those below")] = False,
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> OfferedAgencies:
    """Agencies to choose from. Without search words, the likely ones come first, then all.

    Among those that match equally well, the searcher's own agency and those beside it come first,
    then those of the report's place.
    """
    if staff.role.only_reads and (purpose != "any" or report is not None):
        raise forbidden()
    handing = purpose in _HANDING
    likely: dict[int, Likely] = {}
    present_handler = None
    around: list[str] = []
    if purpose != "any":
        access = await staff_access(session, staff, report) if report is not None else None
        likely = await _likely(session, staff, access, category)
        around = await _around(session, access.state.number) if access is not None else []
        if access is not None and purpose in _ELSEWHERE:
            present_handler = access.state.handler_id
            likely.pop(present_handler, None)
    if purpose == "verify":
        likely.setdefault(staff.agency_id, "own")
    found = await find_agencies(
        session,
        q or "",
        step=_STEPS[purpose],
        below=staff.agency_id if handing or below else None,
        first=list(likely),
        near=staff.agency_path,
        around=around,
        limit=limit,
    )
    entries = await _entries(session, found.items)
    items = [
        _offered(match, entries[match.id], purpose, staff, present_handler, likely)
        for match in found.items
    ]
    items.sort(key=lambda item: item.unavailable is not None)
    return OfferedAgencies(items=items, total=found.total, partial=found.partial)


async def note_usual_unit(
    session: AsyncSession, agency_id: int, category_id: int, unit_id: int
) -> None:
    """Count another report of the category that the agency's staff dispose to the unit. A command
    that was refused may name a category or a unit that does not exist: nothing is counted then."""
    there = (
        select(literal(agency_id), col(Category.id), col(Agency.id), literal(1))
        .join_from(Category, Agency, col(Agency.id) == unit_id)
        .where(col(Category.id) == category_id)
    )
    columns = ["agency_id", "category_id", "unit_id", "times"]
    counted = insert(UsualUnit).from_select(columns, there)
    await session.execute(
        counted.on_conflict_do_update(
            index_elements=["agency_id", "category_id", "unit_id"],
            set_={"times": col(UsualUnit.times) + 1},
        )
    )


_HANDING: tuple[Purpose, ...] = ("verify", "throw", "forward")
"""These go only to the own agency or one below it."""
_ELSEWHERE: tuple[Purpose, ...] = ("throw", "forward")
"""These go to another agency than the own one."""
_STEPS: Mapping[Purpose, Step | None] = {
    "verify": "follow_up",
    "throw": "verify",
    "forward": "follow_up",
    "defer": "wait",
    "any": None,
}
_WHY: Mapping[Step, Unavailable] = {
    "verify": "no_admin",
    "follow_up": "no_officer",
    "wait": "connected",
}


def _offered(
    match: Match,
    entry: AgencyEntry,
    purpose: Purpose,
    staff: Staff,
    present_handler: int | None,
    likely: Mapping[int, Likely],
) -> OfferedAgency:
    step = _STEPS[purpose]
    unavailable = _WHY[step] if step is not None and not match.able else None
    if match.id == present_handler:
        unavailable = "handles_it"
    if purpose in _ELSEWHERE and match.id == staff.agency_id:
        unavailable = "own_agency"
    return OfferedAgency(
        id=match.id,
        name=entry.name,
        kind_label=label("agency_kind", entry.kind),
        aliases=match.aliases,
        place=", ".join(match.places),
        likely=likely.get(match.id),
        unavailable=unavailable,
    )


async def _entries(session: AsyncSession, matches: Sequence[Match]) -> dict[int, AgencyEntry]:
    ids = [match.id for match in matches]
    rows = await session.scalars(select(AgencyEntry).where(col(AgencyEntry.id).in_(ids)))
    return {row.id: row for row in rows}


async def _around(session: AsyncSession, number: int) -> list[str]:
    """The names of the report's province and of its regency or city, as far as they are known."""
    code = await session.scalar(select(col(Report.region_code)).where(col(Report.number) == number))
    above = await asyncio.to_thread(regions.ancestry, code) if code else []
    return [region.name for region in above if region.level in ("province", "regency")]


async def _likely(
    session: AsyncSession, staff: Staff, access: ReportAccess | None, category: int | None
) -> dict[int, Likely]:
    """The agencies named by the reporter or a request, then the usual ones: those to which the own
    agency mostly hands reports of this category."""
    likely: dict[int, Likely] = {}
    if access is not None:
        number = access.state.number
        known = select(col(Report.suggested_agency_id), col(Report.category_id))
        [(addressed, classified)] = await session.execute(known.where(col(Report.number) == number))
        category = category or classified
        if addressed:
            likely[addressed] = "addressed"
        for row in await request_rows(session, number):
            if row["suggested_agency_id"]:
                likely.setdefault(row["suggested_agency_id"], "suggested")
    if category is not None:
        usual = select(col(UsualUnit.unit_id)).where(
            col(UsualUnit.agency_id) == staff.agency_id, col(UsualUnit.category_id) == category
        )
        for agency_id in await session.scalars(
            usual.order_by(col(UsualUnit.times).desc(), col(UsualUnit.unit_id)).limit(_USUAL)
        ):
            likely.setdefault(agency_id, "usual")
    return likely


_USUAL = 3
