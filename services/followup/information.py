"""The reporter completes the report (*Lengkapi Informasi*), as the deferral's question asked."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Form as FormPart
from pydantic import Field

from services.followup.command_context import CurrentAsking
from services.followup.command_requests import reporter_request
from services.followup.words import Form, Words, Written
from shared.attachments import StoredAttachment
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.execute import CommandRequest
from shared.http.auth import CurrentReporter, current_reporter
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.tokens import ReporterPrincipal
from shared.http.uploads import FORM_LIMIT, Files, read_form
from shared.lifecycle.actions import Action


class InformationForm(Form):
    text: Words = Field(description="At most 3,000 characters after normalisation")


def complete_information(
    principal: ReporterPrincipal,
    number: int,
    form: InformationForm,
    key: UUID,
    *,
    version: int | None = None,
    files: tuple[StoredAttachment, ...] = (),
) -> CommandRequest:
    """The request to complete the report, as it was written."""
    written = Written(form.text, files=files)
    return reporter_request(
        principal, number, Action.COMPLETE_INFORMATION, written, key, version=version
    )


router = APIRouter(tags=["reporter"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/information")
async def complete_report_information(
    asking: CurrentAsking, reporter: CurrentReporter, form: InformationForm
) -> CommandAnswer:
    """Answer the question that the report was deferred with."""
    return await asking.carry_out(
        complete_information(reporter, asking.number, form, asking.id, version=asking.version)
    )


@router.post(
    "/reports/{number}/information/with-attachments",
    responses=problem_responses(400, 413, 429, 503),
    max_body_size=FORM_LIMIT,
    dependencies=[Depends(current_reporter), Depends(only_parts("message", files="attachments"))],
)
async def complete_report_information_with_attachments(
    asking: CurrentAsking,
    reporter: CurrentReporter,
    message: Annotated[str, FormPart(description="JSON, as the body of POST …/information")],
    attachments: Files = [],  # noqa: B006  FastAPI copies defaults
) -> CommandAnswer:
    """As POST …/information, with files."""
    form = read_form(InformationForm, message)
    number, id, version = asking.number, asking.id, asking.version
    asked = complete_information(reporter, number, form, id, version=version)
    async with asking.storing(asked, reporter, attachments) as files:
        return await asking.carry_out(
            complete_information(reporter, number, form, id, version=version, files=files)
        )
