"""Sending a follow-up on a main report to the reports linked to it too: each gets a command of its
own, so that every reporter can still reply, rate and object."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.followup.actions.follow_ups import FollowUpForm, follow_up_report
from shared.bulk_commands import MOST
from shared.bulk_commands.asking import BulkKind, save_bulk
from shared.bulk_commands.endpoints import Foreseen, foreseen
from shared.command_requests.directory import is_or_stands_below
from shared.command_requests.report_access import ReportAccess, staff_access
from shared.database.lifecycle import LinkedFollowUp, Report
from shared.database.views import AgencyEntry
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.idempotency import CommandId
from shared.http.language import pick_language
from shared.http.limits import Limit, rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, conflict, forbidden, validation
from shared.http.tokens import Staff
from shared.http.transaction import Transaction
from shared.lifecycle.actions import Action
from shared.lifecycle.authority import Capacity
from shared.lifecycle.check import refusal
from shared.lifecycle.state import ReportState
from shared.values.words import Form

LINKED_FOLLOW_UP: Final = BulkKind("follow_up", follow_up_report)
"""For linked reports only: there is no bulk follow-up of freely chosen reports."""
_SENT_ON = Limit("linked follow-ups", 30, 3600)


class LinkedTargets(BaseModel):
    """`reason` says why a follow-up cannot be sent now; it is null where it can."""

    items: list[Foreseen]


class LinkedFollowUps(Form):
    numbers: Annotated[
        list[Annotated[int, Field(ge=1, le=2**63 - 1)]],
        Field(min_length=1, max_length=MOST, description="Linked reports of the same handler"),
    ]
    form: FollowUpForm


class SentOn(BaseModel):
    """`id` of the bulk command, whose progress GET /bulk-commands/{id} of routing shows."""

    id: UUID
    total: int


router = APIRouter(tags=["follow-ups"], responses=problem_responses(401, 403, 404, 422))
_PATH = "/reports/{number}/linked-follow-ups"


@router.get(_PATH)
async def linked_targets(
    number: ReportNumber, staff: CurrentStaff, session: Transaction, request: Request
) -> LinkedTargets:
    """The linked reports, and whether a follow-up can be sent to each now. Empty for readers of a
    copy."""
    access = await staff_access(session, staff, number)
    linked = {} if access.by_copy else await _linked(session, access)
    language = pick_language(request.headers.get("accept-language"))
    return LinkedTargets(items=[foreseen(each, code, language) for each, code in linked.items()])


@router.post(_PATH, status_code=202, responses=problem_responses(409, 429))
async def send_to_linked(
    number: ReportNumber,
    body: LinkedFollowUps,
    staff: CurrentStaff,
    session: Transaction,
    request: Request,
    key: CommandId,
) -> SentOn:
    """Send a follow-up to these linked reports, each by a command of its own.

    The result of the bulk command says which reports refused it in the meantime. Files are not sent
    along.
    """
    access = await staff_access(session, staff, number)
    if Capacity.HANDLER_STAFF not in access.capacities:
        raise forbidden("not_authorised")
    await LINKED_FOLLOW_UP.handler.prepare(session, access, body.form)  # 422 if it is incomplete
    linked = await _linked(session, access)
    if any(linked.get(each, _ELSEWHERE) == _ELSEWHERE for each in body.numbers):
        raise validation(FieldError("numbers", "not_linked_here"))
    await rate_limits(request).take(_SENT_ON, str(staff.id))
    bulk_id = await save_bulk(
        session, staff, "followup", LINKED_FOLLOW_UP, body.numbers, body.form, key
    )
    await _keep_for_histories(session, staff, number, bulk_id, body)
    return SentOn(id=bulk_id, total=len(set(body.numbers)))


async def _keep_for_histories(
    session: AsyncSession, staff: Staff, main_number: int, bulk_id: UUID, body: LinkedFollowUps
) -> None:
    """Record which reports it was sent to, for their histories. A repeated request adds nothing."""
    sent = [
        {
            "command_id": LINKED_FOLLOW_UP.request(staff, bulk_id, number, body.form).id,
            "bulk_id": bulk_id,
            "main_number": main_number,
            "number": number,
            "staff_id": staff.id,
            "agency_id": staff.agency_id,
            "role": staff.role,
        }
        for number in dict.fromkeys(body.numbers)
    ]
    await session.execute(insert(LinkedFollowUp).values(sent).on_conflict_do_nothing())


async def _linked(session: AsyncSession, access: ReportAccess) -> dict[int, str | None]:
    """The linked reports by number, each with the reason against a follow-up by this person, or
    None. Only reports of their agency and those below: they may not know of others."""
    linked = (
        select(col(Report.number), col(Report.state))
        .join(AgencyEntry, col(AgencyEntry.id) == col(Report.handler_id))
        .where(col(Report.main_number) == access.state.number)
        .where(is_or_stands_below(access.own_agency_id))
        .order_by(col(Report.number))
    )
    return {
        number: _reason_against(access, ReportState.model_validate(state))
        for number, state in await session.execute(linked)
    }


def _reason_against(access: ReportAccess, state: ReportState) -> str | None:
    """The reason why the person cannot follow up this linked report, or None. Where it has the same
    handler, the person has the same capacities as on the main report."""
    if state.handler_id != access.state.handler_id:
        return _ELSEWHERE
    own = access.capacities & {Capacity.HANDLER_STAFF}
    return refusal(state, Action.FOLLOW_UP, own)


_ELSEWHERE: Final = conflict("linked_elsewhere").code
