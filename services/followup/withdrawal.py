"""The reporter takes the report back (*Hapus Laporan*): it goes to the archive."""

from uuid import UUID

from fastapi import APIRouter

from services.followup.command_context import CurrentAsking
from services.followup.command_requests import reporter_request
from services.followup.words import Form, Reason, Written
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.execute import CommandRequest
from shared.http.auth import CurrentReporter
from shared.http.tokens import ReporterPrincipal
from shared.lifecycle.actions import Action


class WithdrawalForm(Form):
    reason: Reason | None = None


def withdraw(
    principal: ReporterPrincipal,
    number: int,
    form: WithdrawalForm,
    key: UUID,
    *,
    version: int | None = None,
) -> CommandRequest:
    """The request to take the report back."""
    written = Written(form.reason)
    return reporter_request(principal, number, Action.WITHDRAW, written, key, version=version)


router = APIRouter(tags=["reporter"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/withdrawal")
async def withdraw_report(
    asking: CurrentAsking, reporter: CurrentReporter, form: WithdrawalForm
) -> CommandAnswer:
    """Take back a report that is not verified yet."""
    return await asking.carry_out(
        withdraw(reporter, asking.number, form, asking.id, version=asking.version)
    )
