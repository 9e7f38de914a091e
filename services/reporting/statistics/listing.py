"""The endpoint that lists the reports behind a figure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import text

from services.reporting.statistics.marks import (
    OF_HOLDERS,
    OF_MANY_ALONE,
    kind_of,
    of_whoever_held,
)
from services.reporting.statistics.period import (
    AskedAgency,
    AskedPeriod,
    Period,
    agency_in_reach,
)
from shared.command_requests.directory import Agency
from shared.database.engine import plan_each_time
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.problems import FieldError, validation
from shared.http.transaction import Transaction
from shared.labels import label
from shared.privacy.publication import staff_time

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class ListedReport(BaseModel):
    """A report that a figure counts. Routing's `GET /reports/{number}` shows it in full."""

    number: int
    title: str
    status: str
    status_label: str
    handler_id: int
    handler: str
    overdue: bool
    submitted_at: datetime


class Position(BaseModel):
    number: int


Marks = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}(:[A-Za-z0-9_.:]{1,40})?$")]],
    Query(
        alias="mark",
        max_length=4,
        description="The mark of a figure; a report must match all marks",
        examples=[["status:VERIFIED", "overdue"]],
    ),
]


@dataclass(frozen=True)
class Listed:
    """The facts behind a figure, as SQL over `reporting.fact f`."""

    condition: str
    parameters: dict[str, Any]

    @classmethod
    def of(cls, agency: Agency, period: Period, marks: list[str]) -> Self:
        """Return the reports submitted in the period that bear all of the marks. They are those
        that the agency and all below handle now or, for marks of clocks, those that they held."""
        parameters = {"agency": agency.id, "first": period.first, "last": period.last}
        conditions = ["f.day BETWEEN :first AND :last"]
        held = [mark for mark in marks if mark in OF_HOLDERS]
        of_facts = [mark for mark in marks if mark not in OF_HOLDERS]
        if not any(of_whoever_held(mark) for mark in marks):
            conditions.append(_HANDLED_HERE)
        if held:
            conditions.append(_HELD_HERE)
        conditions += [_share(mark) for mark in held]
        if of_facts:
            conditions.append("f.marks @> :marks")
            parameters |= {"marks": of_facts}
        return cls(" AND ".join(conditions), parameters)


@router.get("/statistics/reports")
async def reports(
    staff: CurrentStaff,
    session: Transaction,
    period: AskedPeriod,
    agency: AskedAgency = None,
    marks: Marks = [],  # noqa: B006  FastAPI copies defaults
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[ListedReport]:
    """List the reports that a figure counts, newest first: exactly as many as the figure says."""
    if any(kind_of(mark) in OF_MANY_ALONE for mark in marks):
        raise validation(FieldError("mark", "not_a_choice"))
    unit = await agency_in_reach(session, staff, agency)
    listed = Listed.of(unit, period, marks)
    await plan_each_time(session)  # one mark is borne by nearly all, another by none
    moved_on = any(of_whoever_held(mark) for mark in marks)
    reader = staff.agency_id if moved_on else unit.id
    after = decode_cursor(cursor, Position)
    came = staff_time("r", "submitted_at", with_arrivals=staff.role.reads_arrivals)
    statement = text(_PAGE.format(where=listed.condition, came=came))
    position = {"reader": reader, "before": after.number if after else _BEYOND, "limit": limit + 1}
    rows = (await session.execute(statement, listed.parameters | position)).mappings().all()
    items = [
        ListedReport(**row, status_label=label("status", row["status"])) for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(
        items=items, next=encode_cursor(Position(number=items[-1].number)) if more else None
    )


_BEYOND = 2**63 - 1


def _share(mark: str) -> str:
    clock, _, what = mark.rpartition("_")
    over = f"bool_or(h.{clock} IS NOT NULL) AND NOT bool_or('{clock}' = ANY (h.waiting))"
    if what == "within":
        over += f" AND NOT bool_or('{clock}' = ANY (h.late))"
    return f"(SELECT {over} FROM reporting.holding h WHERE {_OF_REPORT})"  # noqa: S608


_OF_REPORT = "h.number = f.number AND h.path @> ARRAY[:agency]::bigint[]"
_HERE = "(SELECT id FROM routing.agency_directory WHERE path @> ARRAY[:agency]::bigint[])"
_HANDLED_HERE = f"f.handler_id IN {_HERE} AND f.path @> ARRAY[:agency]::bigint[]"
_HELD_HERE = f"f.number IN (SELECT number FROM reporting.holding WHERE agency_id IN {_HERE})"  # noqa: S608
# The statistics are a little behind: if a report has changed hands meanwhile, only those who may
# read it now see it. Of the reports that were here and left, the caller sees those still in their
# own reach.
_PAGE = """
SELECT r.number, coalesce(t.title, t.original_title) AS title, r.status, r.handler_id,
    a.name AS handler, r.overdue, {came} AS submitted_at
FROM reporting.fact f
JOIN lifecycle.report r USING (number)
JOIN lifecycle.report_text t USING (number)
JOIN routing.agency_directory a ON a.id = r.handler_id
WHERE {where} AND a.path @> ARRAY[:reader]::bigint[] AND f.number < :before
ORDER BY f.number DESC LIMIT :limit
"""
