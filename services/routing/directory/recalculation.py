"""How far the re-dating of running clocks is, after an edit of the calendar."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text

from services.routing.authority import Pusat
from shared.database.process_time import CALENDAR_MARK
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
    row = (await session.execute(_PROGRESS)).mappings().one()
    state: Literal["waiting", "running", "finished"]
    if row["begun"] != row["mark"]:
        # Of an earlier edit perhaps; a new system has nothing to date.
        state = "finished" if row["dated_to"] == row["mark"] else "waiting"
        return Redating(state=state, total=0, done=0, started_at=None, finished_at=None)
    state = "finished" if row["finished_at"] else "running"
    return Redating.model_validate({**row, "state": state})


_PROGRESS = text(
    f"SELECT ({CALENDAR_MARK}) AS mark, (SELECT mark FROM lifecycle.calendar_mark) AS dated_to,"  # noqa: S608
    " p.mark AS begun, p.total, p.done, p.started_at, p.finished_at"
    " FROM (SELECT 1) one LEFT JOIN lifecycle.redating_progress p ON p.id = 1"
)
