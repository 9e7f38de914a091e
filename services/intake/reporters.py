"""Reporters open their reports: those of an account, or one by number and code."""

import logging
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import Counter
from pydantic import BaseModel, Field
from sqlalchemy import Select, func, select
from sqlmodel import col

from services.intake.accepting.access_code import new_access_code, same_code
from services.intake.access_codes import ReportAccess, bearer_token, log_code
from services.intake.models import Submission
from services.intake.resources import Intake
from services.intake.sign_in import SESSIONS
from shared.database.lifecycle import Report, ReportText
from shared.http.auth import CurrentReporter, session_of
from shared.http.callers import client_address
from shared.http.documentation import problem_responses
from shared.http.guessing import Guard, attempt_by_address
from shared.http.limits import Limit, RateLimits, rate_limits
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.paths import ReportNumber
from shared.http.problems import Problem, forbidden, not_found
from shared.http.tokens import ReportBearer, Reporter
from shared.http.transaction import Transaction
from shared.labels import label
from shared.telemetry import registry
from shared.values.text import ACCESS_CODE_LIMIT

router = APIRouter(tags=["Reporters"])

ACCESS = Guard(Limit("access_by_number", 20, 3600), Limit("access_by_address", 30, 600))
GUESSED = Limit("access_guessed", 100, 3600)
"""Wrong codes for one report, from any address, that are too many for mistakes. They are not
refused: at this rate, finding a code of 40 random bits would take more than a thousand years."""
GUESSED_TOLD = Limit("access_guessed_told", 1, 600)


class AccessForm(BaseModel):
    access_code: str = Field(max_length=ACCESS_CODE_LIMIT, repr=False)


class OwnReport(BaseModel):
    """A report in the list of one's own reports."""

    number: int
    title: str
    status: str
    status_label: str
    submitted_at: datetime
    due_at: datetime | None
    overdue: bool
    question_open: bool = Field(description="The admin has asked the reporter a question")


class OwnPosition(BaseModel):
    number: int = Field(ge=0, lt=2**63)


@router.get("/reporters/me/reports", responses=problem_responses(401, 403))
async def list_own_reports(
    reporter: CurrentReporter,
    session: Transaction,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[OwnReport]:
    """List one's own reports, newest first."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    position = decode_cursor(cursor, OwnPosition)
    before = position.number if position else 2**63 - 1
    reports = _own_reports(reporter.account_id, before).limit(limit + 1)
    rows = (await session.execute(reports)).mappings().all()
    items = [OwnReport(**row, status_label=label("status", row["status"])) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(
        items=items, next=encode_cursor(OwnPosition(number=items[-1].number)) if more else None
    )


@router.post("/reports/{number}/access", responses=problem_responses(404, 429))
async def open_report(
    number: ReportNumber, form: AccessForm, session: Transaction, intake: Intake, request: Request
) -> ReportAccess:
    """Get a token for one report. The 404 is the same for an unknown number and a wrong code."""
    attempt = await attempt_by_address(request, ACCESS, str(number))
    submission = await session.get(Submission, number)
    code = intake.cipher.decrypt(submission.access_code) if submission else new_access_code()
    if not same_code(form.access_code, code) or submission is None:
        await _watch(rate_limits(request), number)
        raise _no_such_report()
    await attempt.take_back()
    version = submission.access_code_version
    await log_code(session, intake, number, "used", address=client_address(request))
    return ReportAccess(access_token=bearer_token(request, number, version))


@router.delete(
    "/reports/{number}/access", status_code=204, responses=problem_responses(401, 403, 404)
)
async def leave_report(
    number: ReportNumber, bearer: CurrentReporter, session: Transaction, request: Request
) -> None:
    """End the access of this report's token; the access code stays valid."""
    if not isinstance(bearer, ReportBearer) or bearer.number != number:
        raise _no_such_report()
    await SESSIONS.end(session, session_of(request))


def _own_reports(account_id: int, before: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            col(Report.number),
            func.coalesce(col(ReportText.title), col(ReportText.original_title)).label("title"),
            col(Report.status),
            col(Report.submitted_at),
            col(Report.due_at),
            col(Report.overdue),
            col(Report.state)["question_open"].as_boolean().label("question_open"),
        )
        .join(Submission, col(Submission.number) == col(Report.number))
        .join(ReportText, col(ReportText.number) == col(Submission.number))
        .where(col(Submission.reporter_id) == account_id, col(Submission.number) < before)
        .order_by(col(Submission.number).desc())
    )


async def _watch(limits: RateLimits, number: int) -> None:
    """Warn the operator, at most once in ten minutes, that somebody tries many codes of a
    report."""
    _failures.inc()
    if await limits.wait(GUESSED, str(number)) is None:
        return
    if await limits.wait(GUESSED_TOLD, str(number)) is None:
        _guessed.inc()
        _log.warning("access code guessed at", extra={"fields": {"number": number}})


def _no_such_report() -> Problem:
    return not_found()


_log = logging.getLogger("lapor.intake")
_failures = Counter(
    "lapor_access_code_failures",
    "Tries with an access code that is not the report's",
    registry=registry,
)
_guessed = Counter(
    "lapor_access_codes_guessed",
    "Reports whose access code was tried more than a hundred times an hour, "
    "counted at most once in ten minutes",
    registry=registry,
)
