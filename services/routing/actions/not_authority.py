"""Not-authority requests (*Permintaan Bukan Wewenang*): asked, passed on, rejected, withdrawn."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.actions.command_context import CurrentActing
from services.routing.actions.delegation import known_agencies, taken_back
from services.routing.words import Form, Words, note
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.directory import Asker, agency_to_decide
from shared.command_requests.report_access import ReportAccess
from shared.http.documentation import problem_responses
from shared.http.problems import conflict, not_found
from shared.lifecycle.actions import Action, RequestKind
from shared.lifecycle.check import Refused
from shared.lifecycle.people import Role


class NotAuthority(Form):
    reason: Words
    suggested_agency_id: int = Field(description="Saran Instansi: any agency")


class Rejection(Form):
    reason: Words


class Withdrawal(Form):
    reason: Words | None = None


router = APIRouter(
    tags=["not-authority"], responses={**COMMAND_RESPONSES, **problem_responses(404)}
)


@router.post("/reports/{number}/not-authority")
async def ask_not_authority(acting: CurrentActing, form: NotAuthority) -> CommandAnswer:
    """Ask the delegating agency to take the report back.

    Who decides a pending request may pass it on by asking further up: the report comes back to
    the own agency, and the question goes to the one that delegated to it.
    """

    async def details(session: AsyncSession, access: ReportAccess) -> dict[str, Any]:
        await known_agencies(session, "suggested_agency_id", [form.suggested_agency_id])
        passed_on = await taken_back(session, access, acting.staff)
        chain: Sequence[int] = passed_on.chain if passed_on else access.state.chain
        path = acting.staff.agency_path if passed_on else access.handler.path
        if len(path) == 1 or len(acting.staff.agency_path) == 1:
            raise conflict("root_may_not_ask")
        asker = Asker(Role(acting.staff.role), acting.staff.agency_id)
        decider_id = await agency_to_decide(session, chain, path, asker)
        return {
            "handing": passed_on,
            "decider_id": decider_id,
            "suggested_agency_id": form.suggested_agency_id,
        }

    return await acting.do(
        Action.REQUEST_NOT_AUTHORITY, form, details, note(acting.staff, form.reason)
    )


@router.post("/reports/{number}/requests/{request_id}/reject")
async def reject_not_authority(
    acting: CurrentActing, request_id: UUID, form: Rejection
) -> CommandAnswer:
    """Leave the report where it is (*Tolak Bukan Wewenang*), with a reason."""
    return await _settle(acting, Action.REJECT_REQUEST, request_id, form)


@router.post("/reports/{number}/requests/{request_id}/withdraw")
async def withdraw_not_authority(
    acting: CurrentActing, request_id: UUID, form: Withdrawal
) -> CommandAnswer:
    """Take one's own request back."""
    return await _settle(acting, Action.WITHDRAW_REQUEST, request_id, form)


async def _settle(
    acting: CurrentActing, action: Action, request_id: UUID, form: Rejection | Withdrawal
) -> CommandAnswer:
    async def look(_: AsyncSession, access: ReportAccess) -> None:
        """Says that the request is gone to the person who would decide it, instead of denying the
        authority."""
        request = access.state.request(request_id)
        if request is None:
            raise Refused("no_such_request")
        if request.kind is not RequestKind.NOT_AUTHORITY:
            raise not_found("request_not_found")

    async def details(_: AsyncSession, __: ReportAccess) -> dict[str, Any]:
        return {"request_id": request_id}

    write = note(acting.staff, form.reason)
    content = [request_id, form]
    return await acting.do(action, form, details, write, look=look, content=content)
