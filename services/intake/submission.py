"""A person submits a report: as JSON, or as a form with files."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.accepting.new_report import Accepted, DifferentContent, Identity, NewReport
from services.intake.accepting.preparing import NOTHING, Arrival
from services.intake.access_codes import bearer_token, log_code
from services.intake.models import Submission
from services.intake.references import check_references_by, look_up_of, report_of
from services.intake.refused_form import (
    REPORTER,
    listing_all_problems,
    read_listing_all_problems,
    remember_caller,
)
from services.intake.report_form import unreachable
from services.intake.resources import Intake, Resources
from services.intake.submission_form import OpenedSubmission, SubmissionAnswer, SubmissionForm
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.http.auth import OptionalPrincipal
from shared.http.callers import client_address
from shared.http.direct_route import direct_route
from shared.http.documentation import problem_responses
from shared.http.form_parts import only_parts
from shared.http.idempotency import CommandId, anonymous_caller, asker_of
from shared.http.limits import Limit, limited, rate_limits
from shared.http.problems import FieldError, Problem, conflict, validation
from shared.http.tokens import Principal, ReportBearer, Reporter
from shared.http.transaction import CurrentDatabase
from shared.http.uploads import FORM_LIMIT, Files, discard, stored
from shared.lifecycle.channels import Channel

SUBMISSION = Limit("submission", 60, 600)
CHECKS = Limit("check", 120, 600)
PUBLIC = "public"
"""The scope of keys from callers without an account."""

router = APIRouter(tags=["Submission"])


async def submit_report(
    form: SubmissionForm,
    principal: OptionalPrincipal,
    key: CommandId,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
    response: Response,
) -> SubmissionAnswer:
    """Submit a report. It is stored safely when the answer comes. The same `Idempotency-Key` with
    the same content gets the first answer again."""
    arrival = await _arrival(
        database, intake, form, principal, _key(intake, request, principal, key)
    )
    accepted = await _or_refuse(intake.arrivals.accept(arrival))
    response.headers["Location"] = f"/reports/{accepted.number}"
    return SubmissionAnswer.of(accepted)


async def _submit_directly(request: Request, form: SubmissionForm, key: UUID) -> Response | None:
    if form.linked_number is not None or unreachable(form.reporter, *REPORTER):
        return None
    intake: Resources = request.app.state.resources
    report = _draft(form, None, _key(intake, request, None, key))
    use = rate_limits(request).use(SUBMISSION, client_address(request))
    accepted = await _or_refuse(intake.arrivals.accept(Arrival(report, look_up_of(form), use)))
    answer = SubmissionAnswer.of(accepted).model_dump_json()
    location = {"Location": f"/reports/{accepted.number}"}
    return Response(answer, 201, location, media_type="application/json")


router.add_api_route(
    "/reports",
    submit_report,
    methods=["POST"],
    status_code=201,
    dependencies=[Depends(limited(SUBMISSION)), Depends(remember_caller)],
    responses=problem_responses(401, 409, 429, 503),
    route_class_override=listing_all_problems(direct_route(SubmissionForm, _submit_directly)),
)


async def check_report(
    form: SubmissionForm, principal: OptionalPrincipal, database: CurrentDatabase, intake: Intake
) -> None:
    """Check whether this report would be accepted, before its writer reviews it. Nothing is
    stored."""
    await _new_report(database, intake, form, principal, (PUBLIC, ""))


router.add_api_route(
    "/reports/check",
    check_report,
    methods=["POST"],
    status_code=204,
    dependencies=[Depends(limited(CHECKS)), Depends(remember_caller)],
    responses=problem_responses(401, 429, 503),
    route_class_override=listing_all_problems(APIRoute),
)


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
) -> OpenedSubmission:
    """As POST /reports, with files; the answer also has a token for the report."""
    form = read_listing_all_problems(report, principal)
    new = await _new_report(
        database, intake, form, principal, _key(intake, request, principal, key)
    )
    async with stored(intake.store, attachments, anonymous=form.anonymous) as files:
        accepted = await _or_refuse(
            intake.arrivals.accept(Arrival(replace(new, attachments=files)))
        )
    if accepted.replayed:
        await discard(intake.store, files)
    response.headers["Location"] = f"/reports/{accepted.number}"
    first = accepted.access_code is not None  # a renewed code is not shown again
    token = bearer_token(request, accepted.number, 1) if first else None
    answer = SubmissionAnswer.of(accepted, files)
    return OpenedSubmission(**answer.model_dump(), access_token=token)


def key_of(intake: Resources, asker: str, key: UUID) -> str:
    """The key of a caller without an account. It distinguishes their keys from those of others, but
    reveals neither that two reports came from one address nor who sent an earlier one."""
    return intake.index.other("submission", f"{asker} {key}").hex()


def _key(
    intake: Resources, request: Request, principal: Principal | None, key: UUID
) -> tuple[str, str]:
    """The scope of the submission's key, and the key within it."""
    asker = asker_of(principal) if principal else anonymous_caller(request)
    if isinstance(principal, Reporter):
        return asker, str(key)
    return PUBLIC, key_of(intake, asker, key)


async def accept_or_refuse(session: AsyncSession, intake: Resources, report: NewReport) -> Accepted:
    """Accept a report that came over HTTP. Raises 409 if the key was used for another report. If a
    member of staff gets the access code to pass it on, this is logged."""
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
    """The report, with the ids of agency and category."""
    arrival = await _arrival(database, intake, form, principal, key)
    addressee_id, category_id = await check_references_by(intake.named.ask, form)
    return replace(arrival.report, addressee_id=addressee_id, category_id=category_id)


async def _arrival(
    database: Database,
    intake: Resources,
    form: SubmissionForm,
    principal: Principal | None,
    key: tuple[str, str],
) -> Arrival:
    account_id = principal.account_id if isinstance(principal, Reporter) else None
    if account_id is None and (lacking := unreachable(form.reporter, *REPORTER)):
        raise validation(*lacking, *await _unknown(intake, form))
    linked_number = await _linked(database, principal, form)
    return Arrival(
        replace(_draft(form, account_id, key), linked_number=linked_number), look_up_of(form)
    )


def _draft(form: SubmissionForm, account_id: int | None, key: tuple[str, str]) -> NewReport:
    """The report without ids that must be looked up."""
    scope, own_key = key
    channel = Channel(form.channel)
    return replace(
        report_of(form, NOTHING, channel=channel, scope=scope, key=own_key),
        identity=form.reporter.identity if form.reporter else Identity(),
        reporter_id=account_id,
    )


async def _unknown(intake: Resources, form: SubmissionForm) -> Sequence[FieldError]:
    """The problems of agency, category and region in the form."""
    try:
        await check_references_by(intake.named.ask, form)
    except Problem as refused:
        if refused.status != 422:
            raise
        return refused.errors
    return ()


async def _linked(
    database: Database, principal: Principal | None, form: SubmissionForm
) -> int | None:
    """The number of the earlier report, if it can be linked. Both are of one person, so an
    anonymous report is never linked with a named one, not even in the database: staff can make the
    named one anonymous later, and then already know the name. Raises 422 for a report of somebody
    else."""
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
