"""Staff record that they have told the reporter what no message could deliver."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.dialects.postgresql import insert

from services.routing.desk_models import ToldOtherwise
from services.routing.unreached.listing import is_unreached
from shared.clock import now
from shared.command_requests.report_access import staff_access
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, forbidden, validation
from shared.http.transaction import Transaction
from shared.lifecycle.authority import Capacity
from shared.values.words import Form

router = APIRouter(tags=["reports"])


class ToldForm(Form):
    """The undelivered message, one of those that `GET /unreached` lists."""

    message_id: UUID


@router.post(
    "/reports/{number}/told-otherwise",
    status_code=204,
    responses=problem_responses(401, 403, 404, 422),
)
async def mark_told(
    number: ReportNumber, form: ToldForm, staff: CurrentStaff, session: Transaction
) -> None:
    """Record that the reporter was told in another way, at a visit, by a letter, …: staff then see
    with the message who told them, and when. The first record stays. Only for the handler's
    staff."""
    access = await staff_access(session, staff, number)
    if Capacity.HANDLER_STAFF not in access.capacities:
        raise forbidden("not_authorised")
    if not await is_unreached(session, number, form.message_id):
        raise validation(FieldError("message_id", "not_a_choice"))
    mark = insert(ToldOtherwise).values(
        message_id=form.message_id,
        number=number,
        staff_id=staff.id,
        agency_id=staff.agency_id,
        at=now(),
    )
    await session.execute(mark.on_conflict_do_nothing())
