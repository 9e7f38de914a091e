"""The handler asks above to hold, release, close or open a report (*Permintaan*)."""

from typing import Any, Literal

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.asking import CurrentAsking
from services.followup.wishes import staff_wish
from services.followup.words import Form, Reason, Written
from shared.commanding.answering import COMMAND_RESPONSES, CommandAnswer
from shared.commanding.situation import Situation
from shared.http.auth import CurrentStaff
from shared.lifecycle.actions import REQUESTED_BY, Action, RequestKind
from shared.lifecycle.chain import delegating_agency


class RequestForm(Form):
    """Not-authority requests are made where reports are routed."""

    kind: Literal["hold", "release", "close", "reopen"]
    reason: Reason


router = APIRouter(tags=["requests"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/requests")
async def ask_above(asking: CurrentAsking, staff: CurrentStaff, form: RequestForm) -> CommandAnswer:
    """Ask the delegating agency. The id of the command is the id of the request."""
    wish = staff_wish(
        staff,
        asking.number,
        _ACTIONS[RequestKind(form.kind)],
        Written(form.reason, kind=form.kind),
        asking.id,
        version=asking.version,
        details=_decider,
    )
    return await asking.carry_out(wish)


async def _decider(_: AsyncSession, situation: Situation) -> dict[str, Any]:
    def has_admin(agency_id: int) -> bool:
        found = situation.known.get(agency_id)
        return found is not None and found.has_admin

    chain, path = situation.state.chain, situation.handler.path
    return {"decider_id": delegating_agency(chain, path, has_admin)}


_ACTIONS: dict[RequestKind, Action] = {kind: action for action, kind in REQUESTED_BY.items()}
