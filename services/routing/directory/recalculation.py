"""How far the re-dating of running clocks is, after an edit of the calendar."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from services.routing.authority import Pusat
from shared.database.process_time import CALENDAR_MARK
from shared.database.report_lists import CalendarMark, RedatingProgress
from shared.http.documentation import problem_responses
from shared.http.transaction import Transaction


class Redating(BaseModel):
    """`waiting`: the worker begins within seconds; `done` of `total` open reports are dated to
    the calendar as it is. Closed reports have no running clock and stay as they are."""

    state: Literal["waiting", "running", "finished"]
    total: int
    done: int
    started_at: datetime | None
    finished_at: datetime | None


router = APIRouter(tags=["process times"], responses=problem_responses(401, 403))


@router.get("/closed-days/redating")
async def read_redating(_: Pusat, session: Transaction) -> Redating:
    """How far the clocks have been dated to the calendar."""
    mark = await session.scalar(text(CALENDAR_MARK))
    progress = await session.get(RedatingProgress, 1)
    state: Literal["waiting", "running", "finished"]
    if progress is None or progress.mark != mark:
        # Of an earlier edit perhaps; a new system has nothing to date.
        dated_to = await session.get(CalendarMark, 1)
        state = "finished" if dated_to is not None and dated_to.mark == mark else "waiting"
        return Redating(state=state, total=0, done=0, started_at=None, finished_at=None)
    state = "finished" if progress.finished_at else "running"
    return Redating.model_validate(progress.model_dump() | {"state": state})
