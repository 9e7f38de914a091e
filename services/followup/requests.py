"""The handler asks above to hold, release, close or open a report (*Permintaan*)."""

from typing import Any, Literal

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.command_context import CurrentAsking
from services.followup.command_requests import Details, staff_request
from services.followup.words import Form, Reason, Written
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.directory import Asker, agency_to_decide
from shared.command_requests.report_access import ReportAccess
from shared.http.auth import CurrentStaff
from shared.http.tokens import Staff
from shared.lifecycle.actions import REQUESTED_BY, Action, RequestKind
from shared.lifecycle.people import Role


class RequestForm(Form):
    """Not-authority requests are made where reports are routed."""

    kind: Literal["hold", "release", "close", "reopen"]
    reason: Reason


router = APIRouter(tags=["requests"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/requests")
async def ask_above(asking: CurrentAsking, staff: CurrentStaff, form: RequestForm) -> CommandAnswer:
    """Ask the delegating agency. The id of the command is the id of the request."""
    command_request = staff_request(
        staff,
        asking.number,
        _ACTIONS[RequestKind(form.kind)],
        Written(form.reason, kind=form.kind),
        asking.id,
        version=asking.version,
        details=_decider(staff),
    )
    return await asking.carry_out(command_request)


def _decider(staff: Staff) -> Details:
    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        chain, path = access.state.chain, access.handler.path
        asker = Asker(Role(staff.role), staff.agency_id)
        return {"decider_id": await agency_to_decide(session, chain, path, asker)}

    return details


_ACTIONS: dict[RequestKind, Action] = {kind: action for action, kind in REQUESTED_BY.items()}
