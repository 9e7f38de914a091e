"""The handler asks the agency above for a decision on a report.

To hold, release, close or open it (*Permintaan*), or to take it back because another agency is
responsible (*Permintaan Bukan Wewenang*).
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.followup.actions.words import command_router
from shared.command_requests.command_request import CommandFields
from shared.command_requests.delegation import known_agencies, taken_back
from shared.command_requests.directory import agency_to_decide
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import conflict
from shared.lifecycle.actions import REQUESTED_BY, Action, RequestKind
from shared.values.ids import AgencyId
from shared.values.words import Form, NoteText


class RequestForm(Form):
    """Requests that name no agency. A not-authority request names one and has its own form."""

    kind: Literal["hold", "release", "close", "reopen"]
    reason: NoteText


class NotAuthority(Form):
    reason: NoteText
    suggested_agency_id: AgencyId = Field(description="Saran Instansi: any agency")


def _action(form: RequestForm) -> Action:
    return _ACTIONS[RequestKind(form.kind)]


router = command_router("requests")


@router.by_staff(_action, "/reports/{number}/requests")
async def ask_above(
    session: AsyncSession, access: ReportAccess, form: RequestForm
) -> CommandFields:
    """Ask the delegating agency. The id of the command is the id of the request."""
    chain, path = access.state.chain, access.handler.path
    return {"decider_id": await agency_to_decide(session, chain, path, access.actor)}


@router.by_staff(Action.REQUEST_NOT_AUTHORITY, "/reports/{number}/not-authority")
async def ask_not_authority(
    session: AsyncSession, access: ReportAccess, form: NotAuthority
) -> CommandFields:
    """Ask the delegating agency to take the report back.

    The person who decides a pending request may pass it on by asking further up. The report then
    comes back to their own agency, and the agency that delegated it there decides the request.
    """
    await known_agencies(session, "suggested_agency_id", [form.suggested_agency_id])
    passed_on = await taken_back(session, access)
    chain: Sequence[int] = passed_on.chain if passed_on else access.state.chain
    path = access.own_path if passed_on else access.handler.path
    if len(path) == 1 or len(access.own_path) == 1:
        raise conflict("root_may_not_ask")
    return {
        "handing": passed_on,
        "decider_id": await agency_to_decide(session, chain, path, access.actor),
        "suggested_agency_id": form.suggested_agency_id,
    }


_ACTIONS: dict[RequestKind, Action] = {kind: action for action, kind in REQUESTED_BY.items()}
