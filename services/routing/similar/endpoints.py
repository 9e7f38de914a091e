"""`GET /reports/{number}/similar`: which reports may be about the same thing, and by what."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.queue.rows import QueueRow, queue_rows
from services.routing.similar.finding import DAYS, METRES, similar_to
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.database.columns import now
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.tokens import Staff
from shared.http.transaction import Transaction


class SimilarReport(BaseModel):
    """A report that may be about the same thing, with what the two have in common."""

    report: QueueRow
    metres: int | None = Field(description=f"How far away, where that is at most {METRES} metres")
    words: list[str] = Field(description="The words that both reports have in common")
    may_be_main: bool = Field(
        description="Whether the report can be linked to this one: the same agency or one "
        "above handles it, or it is itself linked to a main report, which is then "
        "used"
    )


class SimilarReports(BaseModel):
    items: list[SimilarReport]


router = APIRouter(tags=["reports"], responses=problem_responses(401, 403, 404, 422))


@router.get(
    "/reports/{number}/similar",
    description=f"The likest reports of the last {DAYS} days that the own agency or one below"
    f" handles: with words in common, or within {METRES} metres. None for those who read a copy.",
)
async def read_similar(
    number: ReportNumber, staff: CurrentStaff, session: Transaction
) -> SimilarReports:
    access = await staff_access(session, staff, number)
    if access.by_copy:
        return SimilarReports(items=[])
    return SimilarReports(items=await similar_reports(session, staff, access))


async def similar_reports(
    session: AsyncSession, staff: Staff, access: ReportAccess
) -> list[SimilarReport]:
    """The reports that may be about the same thing, the most similar first."""
    matches = await similar_to(session, staff, access.state.number, now())
    rows = await queue_rows(session, staff, [match.number for match in matches])
    by_number = {row.number: row for row in rows}
    return [
        SimilarReport(
            report=row,
            metres=match.metres,
            words=match.words,
            may_be_main=row.main_number is not None or row.handler.id in access.handler.path,
        )
        for match in matches
        if (row := by_number.get(match.number)) is not None
    ]
