"""What reporters write about closings, without the reports that they are about."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

from services.reporting.statistics.listing import Listed
from services.reporting.statistics.period import AskedAgency, AskedPeriod, agency_in_reach
from services.reporting.statistics.shown_months import months_shown, years_of
from shared.database.engine import plan_each_time
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction

router = APIRouter(tags=["statistics"], responses=problem_responses(401, 403, 404, 422, 503))


class Comments(BaseModel):
    """Comments without a meaningful order. They are of groups of whole months that have ten
    comments together; months that are not in such a group show none."""

    items: list[str] = Field(max_length=100)


@router.get("/statistics/comments")
async def comments(
    staff: CurrentStaff, session: Transaction, period: AskedPeriod, agency: AskedAgency = None
) -> Comments:
    """Return the comments with the ratings of reports that the agency and those below handle and
    that were submitted in the period."""
    unit = await agency_in_reach(session, staff, agency)
    if not period.is_whole_months:
        return Comments(items=[])
    listed = Listed.of(unit, years_of(period), ["rated"])
    await plan_each_time(session)
    counted = text(_COUNTED.format(where=listed.condition))
    rows = (await session.execute(counted, listed.parameters)).all()
    months = months_shown({row.month: row.written for row in rows}, period)
    if not months:
        return Comments(items=[])
    of_months = listed.parameters | {"months": months}
    words = await session.execute(text(_WORDS.format(where=listed.condition)), of_months)
    return Comments(items=list(words.scalars()))


_COUNTED = """
SELECT date_trunc('month', f.day)::date AS month, count(*) AS written FROM reporting.fact f
JOIN followup.published_message m ON m.number = f.number AND m.action = 'rate'
WHERE {where} AND m.words <> '' GROUP BY 1
"""
# Ordered by the hash of the command's id: the order never changes and reveals nothing else.
_WORDS = """
SELECT m.words FROM reporting.fact f
JOIN followup.published_message m ON m.number = f.number AND m.action = 'rate'
WHERE {where} AND m.words <> '' AND date_trunc('month', f.day)::date = ANY (:months)
ORDER BY md5(m.command_id::text) LIMIT 100
"""
