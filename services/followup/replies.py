"""The reporter answers a follow-up (*Tanggapi*)."""

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


class ReplyForm(Form):
    text: Words = Field(description="At most 3,000 characters after normalisation")


def reply(
    principal: ReporterPrincipal,
    number: int,
    form: ReplyForm,
    key: UUID,
    *,
    version: int | None = None,
    files: tuple[StoredAttachment, ...] = (),
) -> CommandRequest:
    """The request to reply, as it was written."""
    written = Written(form.text, files=files)
    return reporter_request(principal, number, Action.REPLY, written, key, version=version)


router = APIRouter(tags=["reporter"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/replies")
async def reply_to_follow_up(
    asking: CurrentAsking, reporter: CurrentReporter, form: ReplyForm
) -> CommandAnswer:
    """Answer the agency: it owes a follow-up again."""
    return await asking.carry_out(
        reply(reporter, asking.number, form, asking.id, version=asking.version)
    )


@router.post(
    "/reports/{number}/replies/with-attachments",
    responses=problem_responses(400, 413, 429, 503),
    max_body_size=FORM_LIMIT,
    dependencies=[Depends(current_reporter), Depends(only_parts("message", files="attachments"))],
)
async def reply_to_follow_up_with_attachments(
    asking: CurrentAsking,
    reporter: CurrentReporter,
    message: Annotated[str, FormPart(description="JSON, as the body of POST …/replies")],
    attachments: Files = [],  # noqa: B006  FastAPI copies defaults
) -> CommandAnswer:
    """As POST …/replies, with files."""
    form = read_form(ReplyForm, message)
    number, id, version = asking.number, asking.id, asking.version
    asked = reply(reporter, number, form, id, version=version)
    async with asking.storing(asked, reporter, attachments) as files:
        return await asking.carry_out(
            reply(reporter, number, form, id, version=version, files=files)
        )
