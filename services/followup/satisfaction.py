"""The reporter declares to be satisfied (*Nyatakan Puas*), which closes the report."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.followup.command_context import CurrentAsking
from services.followup.command_requests import reporter_request
from services.followup.words import Form, Reason, Written
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.execute import CommandRequest
from shared.http.auth import CurrentReporter
from shared.http.tokens import ReporterPrincipal
from shared.lifecycle.actions import Action


class SatisfactionForm(Form):
    rating: int | None = Field(None, ge=1, le=5, strict=True, description="5 is best")
    text: Reason | None = None


def declare_satisfied(
    principal: ReporterPrincipal,
    number: int,
    form: SatisfactionForm,
    key: UUID,
    *,
    version: int | None = None,
) -> CommandRequest:
    """The request to close the report satisfied, perhaps with a rating and words."""
    written = Written(form.text, rating=form.rating)
    return reporter_request(
        principal, number, Action.DECLARE_SATISFIED, written, key, version=version
    )


router = APIRouter(tags=["reporter"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/satisfaction")
async def declare_satisfaction(
    asking: CurrentAsking, reporter: CurrentReporter, form: SatisfactionForm
) -> CommandAnswer:
    """Close the report as solved."""
    return await asking.carry_out(
        declare_satisfied(reporter, asking.number, form, asking.id, version=asking.version)
    )
