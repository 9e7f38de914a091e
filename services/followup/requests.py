"""The handler asks above to hold, release, close or open a report (*Permintaan*)."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.words import command_router
from shared.command_requests.command_request import Details
from shared.command_requests.directory import agency_to_decide
from shared.command_requests.report_access import ReportAccess
from shared.lifecycle.actions import REQUESTED_BY, Action, RequestKind
from shared.words import Form, NoteText


class RequestForm(Form):
    """Not-authority requests are made where reports are routed."""

    kind: Literal["hold", "release", "close", "reopen"]
    reason: NoteText


def _action(form: RequestForm) -> Action:
    return _ACTIONS[RequestKind(form.kind)]


router = command_router("requests")


@router.by_staff(_action, "/reports/{number}/requests")
async def ask_above(session: AsyncSession, access: ReportAccess, form: RequestForm) -> Details:
    """Ask the delegating agency. The id of the command is the id of the request."""
    chain, path = access.state.chain, access.handler.path
    return {"decider_id": await agency_to_decide(session, chain, path, access.actor)}


_ACTIONS: dict[RequestKind, Action] = {kind: action for action, kind in REQUESTED_BY.items()}
