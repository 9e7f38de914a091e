"""Staff enter a report that reached them in another way (*Laporan Manual*)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args
from uuid import UUID, uuid5

import httpx
from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accepting.new_report import Accepted, NewReport
from services.intake.references import check_references, report_of
from services.intake.report_form import ReporterOfReport, ReportForm
from services.intake.resources import Intake, Resources
from services.intake.submission import accept_or_refuse
from services.intake.submission_form import SubmissionAnswer
from shared.attachments import StoredAttachment
from shared.http.auth import CurrentStaff, current_staff
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.idempotency import CommandId
from shared.http.limits import rate_limits
from shared.http.problems import FieldError, validation
from shared.http.tokens import Staff
from shared.http.transaction import CurrentDatabase
from shared.http.uploads import FILES, FORM_LIMIT, Files, discard, read_form, stored
from shared.labels import label
from shared.lifecycle.channels import Channel
from shared.lifecycle.people import Actor, ActorKind
from shared.telemetry import trace_headers

router = APIRouter(tags=["Manual form"])

ManualChannel = Literal[
    "face_to_face",
    "letter",
    "hotline",
    "call_center",
    "email",
    "whatsapp",
    "instagram",
    "facebook",
    "sms",
    "agency_website",
]


class ManualChannelChoice(BaseModel):
    code: ManualChannel
    label: str


class ManualForm(ReportForm):
    """A report on behalf of somebody. Without an addressee it goes to the agency of the person who
    enters it."""

    channel: ManualChannel
    reporter: ReporterOfReport
    disposition: dict[str, Any] | None = Field(
        None,
        description="To verify at once: the body of routing's `POST /reports/{number}/verify`",
    )


class DispositionAnswer(BaseModel):
    """The answer of routing. `failed`: routing could not be asked, and the report waits for
    verification."""

    state: Literal["done", "refused", "waiting", "failed"]
    http_status: int | None
    answer: dict[str, Any] | None


class ManualAnswer(SubmissionAnswer):
    """The report is accepted in any case; `disposition` has a separate result."""

    disposition: DispositionAnswer | None


@router.get("/reports/manual/channels", responses=problem_responses(401, 403))
async def list_manual_channels(_: CurrentStaff) -> list[ManualChannelChoice]:
    """List the channels through which a report entered by staff may have come."""
    codes: tuple[ManualChannel, ...] = get_args(ManualChannel)
    return [ManualChannelChoice(code=code, label=label("channel", code)) for code in codes]


@router.post(
    "/reports/manual", status_code=201, responses=problem_responses(401, 403, 409, 429, 503)
)
async def submit_manual_report(
    form: ManualForm,
    staff: CurrentStaff,
    key: CommandId,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
    response: Response,
) -> ManualAnswer:
    """Enter a report, and with `disposition` verify it in the same step."""
    async with database.session() as session:
        made = await _new_report(session, form, staff, str(key))
        accepted = await accept_or_refuse(session, intake, made)
    response.headers["Location"] = f"/reports/{accepted.number}"
    return await _dispose(intake, form, accepted, key, request)


@router.post(
    "/reports/manual/with-attachments",
    status_code=201,
    responses=problem_responses(400, 401, 403, 409, 413, 429, 503),
    max_body_size=FORM_LIMIT,
    dependencies=[Depends(current_staff), Depends(only_parts("report", files="attachments"))],
)
async def submit_manual_report_with_attachments(
    report: Annotated[str, Form(description="JSON, as the body of POST /reports/manual")],
    staff: CurrentStaff,
    key: CommandId,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
    response: Response,
    attachments: Files = [],  # noqa: B006  FastAPI copies defaults
) -> ManualAnswer:
    """As POST /reports/manual, with files."""
    form = read_form(ManualForm, report)
    if attachments:
        await rate_limits(request).take(FILES, f"staff:{staff.id}")
    async with database.session() as session:
        made = await _new_report(session, form, staff, str(key))
    async with (
        stored(intake.store, attachments, anonymous=form.anonymous) as files,
        database.session() as session,
    ):
        accepted = await accept_or_refuse(session, intake, replace(made, attachments=files))
    if accepted.replayed:
        await discard(intake.store, files)
    response.headers["Location"] = f"/reports/{accepted.number}"
    return await _dispose(intake, form, accepted, key, request, files)


def staff_actor(staff: Staff) -> Actor:
    """The member of staff as the actor in a report's history."""
    return Actor(
        kind=ActorKind.STAFF, staff_id=staff.id, role=staff.role, agency_id=staff.agency_id
    )


async def _new_report(session: AsyncSession, form: ManualForm, staff: Staff, key: str) -> NewReport:
    if form.reporter.name is None:
        raise validation(FieldError("reporter.name", "missing"))
    references = await check_references(session, form)
    made = report_of(
        form, references, channel=Channel(form.channel), scope=f"staff:{staff.id}", key=key
    )
    return replace(
        made,
        actor=staff_actor(staff),
        fallback_agency_id=staff.agency_id,
        identity=form.reporter.identity,
        made_by=staff.id,
    )


async def _dispose(
    intake: Resources,
    form: ManualForm,
    accepted: Accepted,
    key: UUID,
    request: Request,
    files: Sequence[StoredAttachment] = (),
) -> ManualAnswer:
    answer = SubmissionAnswer.of(accepted, files).model_dump()
    if form.disposition is None:
        return ManualAnswer(**answer, disposition=None)
    disposition = await _ask_routing(intake, form, accepted.number, key, request)
    return ManualAnswer(**answer, disposition=disposition)


async def _ask_routing(
    intake: Resources, form: ManualForm, number: int, key: UUID, request: Request
) -> DispositionAnswer:
    """Ask routing to verify the report. It checks permissions by the staff member's own token. The
    command's key is derived from the report's, so that repeating the form gets the first result."""
    try:
        response = await intake.http.post(
            f"/reports/{number}/verify",
            json=form.disposition,
            headers={
                "Authorization": request.headers["authorization"],
                "Accept-Language": request.headers.get("accept-language", "id"),
                "Idempotency-Key": str(uuid5(key, "disposition")),
                **trace_headers(),
            },
        )
        answer = response.json()
    except (httpx.HTTPError, ValueError):
        return DispositionAnswer(state="failed", http_status=None, answer=None)
    return DispositionAnswer(
        state=_state(response.status_code, answer), http_status=response.status_code, answer=answer
    )


def _state(status: int, answer: Any) -> Literal["done", "refused", "waiting", "failed"]:
    if status >= 500 or not isinstance(answer, dict):
        return "failed"
    if status >= 400:
        return "refused"
    if status == 202:
        return "waiting"
    return "refused" if answer.get("state") == "refused" else "done"
