"""The handler follows a report up (*Tindak Lanjut*), or responds at first (*Respon Awal*)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Form as FormPart
from pydantic import Field

from services.followup.command_context import CurrentAsking
from services.followup.command_requests import fixed, staff_request
from services.followup.words import FollowUpWords, Form, Written
from shared.attachments import StoredAttachment
from shared.command_requests.answers import COMMAND_RESPONSES, CommandAnswer
from shared.command_requests.execute import CommandRequest
from shared.http.auth import CurrentStaff, current_staff
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.tokens import Staff
from shared.http.uploads import FORM_LIMIT, Files, read_form
from shared.lifecycle.actions import Action, FollowUpKind


class FollowUpForm(Form):
    """A follow-up proper starts the ten days to the automatic closing; an initial response
    does not."""

    kind: FollowUpKind
    text: FollowUpWords = Field(description="At most 5,000 characters after normalisation")
    secret: bool = Field(
        False, strict=True, description="*Rahasia*: only the reporter and staff see it"
    )


def follow_up(
    staff: Staff,
    number: int,
    form: FollowUpForm,
    key: UUID,
    *,
    version: int | None = None,
    files: tuple[StoredAttachment, ...] = (),
) -> CommandRequest:
    """The request to follow up, as it was written."""
    written = Written(form.text, kind=form.kind, secret=form.secret, files=files)
    details = fixed(follow_up_kind=form.kind)
    return staff_request(
        staff, number, Action.FOLLOW_UP, written, key, version=version, details=details
    )


router = APIRouter(tags=["follow-ups"], responses=COMMAND_RESPONSES)


@router.post("/reports/{number}/follow-ups")
async def follow_up_report(
    asking: CurrentAsking, staff: CurrentStaff, form: FollowUpForm
) -> CommandAnswer:
    """Tell the reporter what is done about the report."""
    return await asking.carry_out(
        follow_up(staff, asking.number, form, asking.id, version=asking.version)
    )


@router.post(
    "/reports/{number}/follow-ups/with-attachments",
    responses=problem_responses(400, 413, 429, 503),
    max_body_size=FORM_LIMIT,
    dependencies=[Depends(current_staff), Depends(only_parts("message", files="attachments"))],
)
async def follow_up_report_with_attachments(
    asking: CurrentAsking,
    staff: CurrentStaff,
    message: Annotated[str, FormPart(description="JSON, as the body of POST …/follow-ups")],
    attachments: Files = [],  # noqa: B006  FastAPI copies defaults
) -> CommandAnswer:
    """As POST …/follow-ups, with files."""
    form = read_form(FollowUpForm, message)
    number, id, version = asking.number, asking.id, asking.version
    asked = follow_up(staff, number, form, id, version=version)
    async with asking.storing(asked, staff, attachments) as files:
        return await asking.carry_out(
            follow_up(staff, number, form, id, version=version, files=files)
        )
