"""Figures by place, from the provinces down to the villages."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import text

from services.reporting.statistics.figures import Figure, Scope
from services.reporting.statistics.listing import Listed
from services.reporting.statistics.marks import NONE, tallied
from services.reporting.statistics.period import AskedAgency, AskedPeriod, agency_in_reach
from services.reporting.statistics.tallies import read_totals
from shared.http.auth import CurrentReader
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, validation
from shared.http.transaction import Transaction
from shared.labels import label
from shared.values import regions

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class Places(BaseModel):
    """The regions directly within one, most reports first. If `within` is null, these are the
    provinces."""

    scope: Scope
    within: str | None
    items: list[Figure]


@router.get("/statistics/places")
async def places(
    staff: CurrentReader,
    session: Transaction,
    period: AskedPeriod,
    agency: AskedAgency = None,
    within: Annotated[
        str | None, Query(pattern=r"^\d{2}(\.\d{2}(\.\d{2})?)?$", examples=["32.73"])
    ] = None,
) -> Places:
    """Return the figures of the provinces, or of the regions within one: regencies and cities, then
    districts, then villages."""
    if within is not None and regions.find(within) is None:
        raise validation(FieldError("within", "within_unknown"))
    unit = await agency_in_reach(session, staff, agency)
    begin = "" if within is None else f"{within}."
    depth = begin.count(".") + 1
    if staff.role.only_reads and depth > _DISTRICTS:
        # On one day, a small unit may have a single report; copies of an anonymous report do not
        # show its village either.
        raise validation(FieldError("within", "within_unknown"))
    if tallied(f"place:{begin}00"):
        tally = (await read_totals(session, "usage", [unit.id], period))[unit.id]
        counts = tally.of_kind("place")
    else:
        listed = Listed.of(unit, period, [f"place:{within}"])
        statement = text(_COUNTED.format(where=listed.condition))
        parameters = listed.parameters | {"length": _LENGTHS[depth]}
        rows = await session.execute(statement, parameters)
        counts = {row.code: row.reports for row in rows}
    items = [
        Figure(mark=f"place:{code}", label=name_of(code), count=count)
        for code, count in counts.items()
        if code.startswith(begin) and code.count(".") + 1 == depth
    ]
    items.sort(key=lambda place: (-place.count, place.label))
    return Places(scope=Scope.of(unit, period), within=within, items=items)


def name_of(code: str) -> str:
    """Return a region's name, or the label for reports without a place."""
    if code == NONE:
        return label("figure", NONE)
    region = regions.find(code)
    return region.name if region else code


_DISTRICTS = 3
_LENGTHS = {_DISTRICTS: 8, 4: 13}
"""The lengths of the codes of districts and villages, by their depth."""
_COUNTED = """
SELECT left(f.region_code, :length) AS code, count(*) AS reports
FROM reporting.fact f WHERE {where} GROUP BY 1
"""
