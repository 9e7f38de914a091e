"""Bell items that are only news are marked read when the report is opened. Items about something
that the person owes stay unread until they act."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlmodel import col

from services.notification.bell import marking
from services.notification.bell.items import wake
from services.notification.bell.waiting import item_columns, pending_of, waits
from services.notification.models import BellItem
from shared.database.lifecycle import Report
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.transaction import Transaction

router = APIRouter(prefix="/me/bell", tags=["Staff"], responses=problem_responses(401, 403, 422))


@router.post("/reports/{number}/read", status_code=204)
async def read_by_opening(
    number: ReportNumber, request: Request, staff: CurrentStaff, session: Transaction
) -> None:
    """Mark the items about this report that need no action from the person as read. The panel calls
    this when the report is opened."""
    unread = (
        select(col(BellItem.id), *item_columns())
        .join(Report, col(Report.number) == col(BellItem.number))
        .where(
            col(BellItem.staff_id) == staff.id,
            col(BellItem.number) == number,
            col(BellItem.read_at).is_(None),
        )
    )
    items = (await session.execute(unread)).all()
    if not items:
        return
    pending = await pending_of(session, [number])
    news = [item.id for item in items if not waits(item, pending)]
    if news:
        wake(request, session, staff)
        await marking.mark_read(session, select(col(BellItem.id)).where(col(BellItem.id).in_(news)))
