"""What reporters write of closings, without the reports they are about."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

from services.reporting.statistics.listing import Listed
from services.reporting.statistics.management import ENOUGH
from services.reporting.statistics.period import AskedAgency, AskedPeriod, agency_in_reach
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class Comments(BaseModel):
    """In no order; none where fewer than ten were written."""

    items: list[str] = Field(max_length=100)


@router.get("/statistics/comments")
async def comments(
    staff: CurrentStaff, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> Comments:
    """Words of ratings, of reports of the agency and all below, submitted in the period."""
    unit = await agency_in_reach(session, staff, agency)
    listed = Listed.of(unit, period, ["rated"])
    words = await session.execute(text(_WORDS.format(where=listed.condition)), listed.parameters)
    items = list(words.scalars())
    return Comments(items=items if len(items) >= ENOUGH else [])


# By the hash of the command's id: always the same order, and that of nothing else.
_WORDS = """
SELECT m.words FROM reporting.fact f
JOIN followup.published_message m ON m.number = f.number AND m.action = 'rate'
WHERE {where} AND m.words <> '' ORDER BY md5(m.command_id::text) LIMIT 100
"""
