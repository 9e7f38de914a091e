"""Not-authority requests (*Permintaan Bukan Wewenang*): asked, passed on, rejected, withdrawn."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.words import command_router
from shared.command_requests.command_request import Details
from shared.command_requests.delegation import known_agencies, taken_back
from shared.command_requests.directory import agency_to_decide
from shared.command_requests.report_access import ReportAccess
from shared.http.problems import conflict
from shared.lifecycle.actions import Action
from shared.words import Form, NoteText


class NotAuthority(Form):
    reason: NoteText
    suggested_agency_id: int = Field(description="Saran Instansi: any agency")


class Rejection(Form):
    reason: NoteText


class Withdrawal(Form):
    reason: NoteText | None = None


router = command_router("not-authority")


@router.by_staff(Action.REQUEST_NOT_AUTHORITY, "/reports/{number}/not-authority")
async def ask_not_authority(
    session: AsyncSession, access: ReportAccess, form: NotAuthority
) -> Details:
    """Ask the delegating agency to take the report back.

    Who decides a pending request may pass it on by asking further up: the report comes back to
    the own agency, and the question goes to the one that delegated to it.
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


@router.by_staff(Action.REJECT_REQUEST, "/reports/{number}/requests/{request_id}/reject")
async def reject_not_authority(_: AsyncSession, __: ReportAccess, form: Rejection) -> Details:
    """Leave the report where it is (*Tolak Bukan Wewenang*), with a reason."""
    return {}


@router.by_staff(Action.WITHDRAW_REQUEST, "/reports/{number}/requests/{request_id}/withdraw")
async def withdraw_not_authority(_: AsyncSession, __: ReportAccess, form: Withdrawal) -> Details:
    """Take one's own request back."""
    return {}
