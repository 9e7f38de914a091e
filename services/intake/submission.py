"""A person submits a report: JSON, or a form with files."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.accepting.new_report import Accepted, DifferentContent, Identity, NewReport
from services.intake.access_codes import log_code
from services.intake.models import Submission
from services.intake.references import checked_by, report_of
from services.intake.report_form import ReporterForm, ReportForm
from services.intake.resources import Intake, Resources
from shared.attachments import StoredAttachment
from shared.attachments.store import State
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.http.auth import OptionalPrincipal
from shared.http.direct_route import direct_route
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.idempotency import CommandId, anybody, asker_of
from shared.http.limits import Limit, limited
from shared.http.problems import FieldError, conflict, validation
from shared.http.tokens import Principal, ReportBearer, Reporter
from shared.http.transaction import CurrentDatabase
from shared.http.uploads import FORM_LIMIT, Files, discard, read_form, stored
from shared.labels import label
from shared.lifecycle.channels import Channel

SUBMISSION = Limit("submission", 60, 600)
CHECKS = Limit("check", 120, 600)
PUBLIC = "public"
"""The scope of keys of those without an account."""

router = APIRouter(tags=["Submission"])


class SubmissionForm(ReportForm):
    """A report by a member of the public. Without an account, `reporter` is needed."""

    channel: Literal["website", "android", "ios", "agency_website"] = "website"
    reporter: ReporterForm | None = None
    linked_number: int | None = Field(
        None,
        gt=0,
        lt=2**63,
        description="An earlier report of one's own that this goes on from. It is not kept where"
        " one of the two is anonymous and the other is not",
    )

    @model_validator(mode="after")
    def _has_title(self) -> Self:
        """Who fills in the web form is asked for one; other programs may leave it out."""
        if self.channel == "website" and self.title is None:
            error = InitErrorDetails(
                type=PydanticCustomError("missing", "Field required"), loc=("title",), input=None
            )
            raise ValidationError.from_exception_data("title", [error])
        return self


class TakenFile(BaseModel):
    """What became of a file. Of an anonymous report one that is `sealed` is kept and not read: to
    have it read, send a copy as PDF (at most 40 pages) or picture."""

    name: str
    size: int = Field(description="Bytes, as it was sent")
    state: State
    state_label: str

    @classmethod
    def of(cls, file: StoredAttachment) -> "TakenFile":
        return cls(
            name=file.name,
            size=(file.original or file).size,
            state=file.state,
            state_label=label("attachment_state", file.state),
        )


class SubmissionAnswer(BaseModel):
    """Keep number and access code: together they open the report. A repeat is not told a code
    that its reporter has renewed."""

    number: int
    access_code: str | None
    link: str
    status: str
    status_label: str
    submitted_at: datetime
    verification_due_at: datetime | None
    attachments: list[TakenFile]

    @classmethod
    def of(cls, accepted: Accepted, files: Sequence[StoredAttachment] = ()) -> "SubmissionAnswer":
        return cls(
            number=accepted.number,
            access_code=accepted.access_code,
            link=accepted.link,
            status=accepted.status,
            status_label=label("status", accepted.status),
            submitted_at=accepted.submitted_at,
            verification_due_at=accepted.verification_due_at,
            attachments=[TakenFile.of(file) for file in files],
        )


async def submit_report(
    form: SubmissionForm,
    principal: OptionalPrincipal,
    key: CommandId,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
    response: Response,
) -> SubmissionAnswer:
    """Submit a report. It is safe on disk when the answer comes. The same `Idempotency-Key`
    with the same content gets the first answer again."""
    report = await _new_report(
        database, intake, form, principal, _key(intake, request, principal, key)
    )
    accepted = await _or_refuse(intake.gathered.ask(report))
    response.headers["Location"] = f"/reports/{accepted.number}"
    return SubmissionAnswer.of(accepted)


async def _submit_directly(request: Request, form: SubmissionForm, key: UUID) -> Response:
    state, response = request.app.state, Response()
    answer = await submit_report(
        form, None, key, state.database, state.resources, request, response
    )
    location = {"Location": response.headers["Location"]}
    return Response(answer.model_dump_json(), 201, location, media_type="application/json")


router.add_api_route(
    "/reports",
    submit_report,
    methods=["POST"],
    status_code=201,
    dependencies=[Depends(limited(SUBMISSION))],
    responses=problem_responses(401, 409, 429, 503),
    route_class_override=direct_route(SubmissionForm, SUBMISSION, _submit_directly),
)


@router.post(
    "/reports/check",
    status_code=204,
    dependencies=[Depends(limited(CHECKS))],
    responses=problem_responses(401, 429, 503),
)
async def check_report(
    form: SubmissionForm, principal: OptionalPrincipal, database: CurrentDatabase, intake: Intake
) -> None:
    """Say whether this report would be taken, before its writer looks over it a last time.
    Nothing is kept."""
    await _new_report(database, intake, form, principal, (PUBLIC, ""))


@router.post(
    "/reports/with-attachments",
    status_code=201,
    dependencies=[
        Depends(limited(SUBMISSION)),
        Depends(only_parts("report", files="attachments")),
    ],
    responses=problem_responses(400, 401, 409, 413, 429, 503),
    max_body_size=FORM_LIMIT,
)
async def submit_report_with_attachments(
    report: Annotated[str, Form(description="JSON, as the body of POST /reports")],
    principal: OptionalPrincipal,
    key: CommandId,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
    response: Response,
    attachments: Files = [],  # noqa: B006  FastAPI copies defaults
) -> SubmissionAnswer:
    """As POST /reports, with files."""
    form = read_form(SubmissionForm, report)
    new = await _new_report(
        database, intake, form, principal, _key(intake, request, principal, key)
    )
    async with stored(intake.store, attachments, anonymous=form.anonymous) as files:
        accepted = await _or_refuse(intake.gathered.ask(replace(new, attachments=files)))
    if accepted.replayed:
        await discard(intake.store, files)
    response.headers["Location"] = f"/reports/{accepted.number}"
    return SubmissionAnswer.of(accepted, files)


def key_of(intake: Resources, asker: str, key: UUID) -> str:
    """The key of somebody without an account. It tells their keys from those of others, and
    neither where two reports come from one address nor whose an earlier one was."""
    return intake.index.other("submission", f"{asker} {key}").hex()


def _key(
    intake: Resources, request: Request, principal: Principal | None, key: UUID
) -> tuple[str, str]:
    """The scope of the submission's key, and the key in it."""
    asker = asker_of(principal) if principal else anybody(request)
    if isinstance(principal, Reporter):
        return asker, str(key)
    return PUBLIC, key_of(intake, asker, key)


async def accept_or_refuse(session: AsyncSession, intake: Resources, report: NewReport) -> Accepted:
    """Accept what came over HTTP; a key used for something else is a 409. That a member of staff
    was told the code, to hand it on, is logged."""
    accepted = await _or_refuse(intake.acceptance.accept(session, report))
    if report.made_by is not None and accepted.access_code is not None:
        await log_code(session, intake, accepted.number, "given", maker=report.actor)
    return accepted


async def _or_refuse(accepting: Awaitable[Accepted]) -> Accepted:
    try:
        return await accepting
    except DifferentContent:
        raise conflict("key_used") from None


async def _new_report(
    database: Database,
    intake: Resources,
    form: SubmissionForm,
    principal: Principal | None,
    key: tuple[str, str],
) -> NewReport:
    account_id = principal.account_id if isinstance(principal, Reporter) else None
    identity = form.reporter.identity if form.reporter else Identity()
    if account_id is None and not (identity.name and (identity.phone or identity.email)):
        raise validation(FieldError("reporter", "contact_missing"))
    linked_number = await _linked(database, principal, form)
    found = await checked_by(intake.named.ask, form)
    scope, own_key = key
    return replace(
        report_of(form, found, channel=Channel(form.channel), scope=scope, key=own_key),
        identity=identity,
        reporter_id=account_id,
        linked_number=linked_number,
    )


async def _linked(
    database: Database, principal: Principal | None, form: SubmissionForm
) -> int | None:
    """The earlier report. Both are of one person, so that one with a name is never tied to one
    without: not even in the database, for staff can make the former anonymous too, later, and
    know the name by then. 422 for somebody else's."""
    number = form.linked_number
    if number is None:
        return None
    if not await _owns(database, principal, number):
        raise validation(FieldError("linked_number", "linked_not_yours"))
    async with database.autocommit() as connection:
        anonymous = select(col(Report.anonymous)).where(col(Report.number) == number)
        earlier = await connection.scalar(anonymous)
    return number if earlier is form.anonymous else None


async def _owns(database: Database, principal: Principal | None, number: int) -> bool:
    if isinstance(principal, ReportBearer):
        return principal.number == number
    if not isinstance(principal, Reporter):
        return False
    owner = select(col(Submission.reporter_id)).where(col(Submission.number) == number)
    async with database.autocommit() as connection:
        return await connection.scalar(owner) == principal.account_id
