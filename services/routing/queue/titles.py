"""`GET /report-titles`: titles and statuses of many reports that a person has selected by
number."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.routing.queue.rows import seen_reports
from services.routing.reading.names import ShownStatus
from shared.bulk_commands import MOST
from shared.bulk_commands.endpoints import ReportNumber
from shared.command_requests.report_access import readable
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction


class ReportTitle(BaseModel):
    """A title as the list shows it to this person."""

    number: int
    title: str
    status: ShownStatus


router = APIRouter(tags=["reports"], responses=problem_responses(401, 403, 422))


@router.get("/report-titles")
async def report_titles(
    number: Annotated[list[ReportNumber], Query(min_length=1, max_length=MOST)],
    staff: CurrentStaff,
    session: Transaction,
) -> list[ReportTitle]:
    """The titles and statuses of those of these reports that this person may read, by number."""
    seen = await seen_reports(session, staff, await readable(session, staff, number))
    rows = [seen[each].row for each in sorted(seen)]
    return [ReportTitle(number=row.number, title=row.title, status=row.status) for row in rows]
