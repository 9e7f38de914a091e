"""The access code of a report: renewing or recovering it, and the log of its uses."""

from datetime import timedelta
from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.accepting.access_code import new_access_code
from services.intake.models import ContactChange, Submission
from services.intake.resources import Intake, Resources
from shared.command_requests.report_access import owns
from shared.http.auth import CurrentReporter
from shared.http.callers import client_address
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, limited, rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import conflict, forbidden, not_found, unauthorized
from shared.http.secret_tokens import token_hash
from shared.http.tokens import Partner, ReportBearer, Tokens
from shared.http.transaction import Transaction
from shared.lifecycle.people import Actor
from shared.values.words import Form

BEARER_TTL = timedelta(hours=1)
RENEWALS = Limit("access_code_renewal", 10, 3600)
RECOVERIES = Limit("access_code_recovery", 30, 3600)

router = APIRouter(tags=["Reporters"])


class ReportAccess(BaseModel):
    """A token that opens this one report for an hour."""

    access_token: str


class RenewedCode(ReportAccess):
    """The new code, shown only this once, and a token for it."""

    access_code: str = Field(repr=False)


@router.post("/reports/{number}/access-code", responses=problem_responses(401, 403, 404, 409, 429))
async def renew_access_code(
    number: ReportNumber,
    reporter: CurrentReporter,
    session: Transaction,
    intake: Intake,
    request: Request,
) -> RenewedCode:
    """Renew the access code of one's own report. The old code and all tokens for it end at once:
    anybody who knew it, including the person who entered the report, loses access, and waiting
    contact changes of the report are dropped. If several callers renew the same code at once, only
    one gets a new code."""
    if isinstance(reporter, Partner):
        raise forbidden()
    if not await owns(session, reporter, number):
        raise not_found()
    version = select(col(Submission.access_code_version)).where(col(Submission.number) == number)
    former = await session.scalar(version)
    await rate_limits(request).take(RENEWALS, str(number))
    if former is None:
        raise not_found()
    if isinstance(reporter, ReportBearer):
        former = reporter.code_version
    code = await _renew(session, intake, number, former)
    if code is None:
        # Another caller was faster: tokens for the old code have ended.
        if isinstance(reporter, ReportBearer):
            raise unauthorized("token_invalid")
        raise conflict("access_code_renewed")
    await log_code(session, intake, number, "renewed", address=client_address(request))
    return RenewedCode(access_code=code, access_token=bearer_token(request, number, former + 1))


class RecoveryForm(Form):
    recovery_token: str = Field(max_length=100, repr=False)


@router.post(
    "/reports/{number}/access-code/recovered",
    responses=problem_responses(404, 409, 429),
    dependencies=[Depends(limited(RECOVERIES))],
)
async def recover_access_code(
    number: ReportNumber,
    form: RecoveryForm,
    session: Transaction,
    intake: Intake,
    request: Request,
) -> RenewedCode:
    """Get a new access code after proving the report's contact to the notification service. Its
    token is valid once. The old code, all tokens for it and waiting contact changes end."""
    shown = {"shown": token_hash(form.recovery_token), "number": number}
    if not await session.scalar(_USE_RECOVERY, shown):
        raise not_found()
    # After the token, which nobody can guess: strangers cannot use up a report's renewals.
    await rate_limits(request).take(RENEWALS, str(number))
    version = select(col(Submission.access_code_version)).where(col(Submission.number) == number)
    former = await session.scalar(version.with_for_update())
    if former is None:
        raise not_found()
    code = await _renew(session, intake, number, former)
    if code is None:
        raise conflict("access_code_renewed")
    await log_code(session, intake, number, "renewed", address=client_address(request))
    return RenewedCode(access_code=code, access_token=bearer_token(request, number, former + 1))


async def _renew(session: AsyncSession, intake: Resources, number: int, former: int) -> str | None:
    """Renew the code of this version. Returns the new one, or None if another caller renewed it
    meanwhile. Waiting contact changes are dropped, as somebody who knew the old code may have
    requested them."""
    code = new_access_code()
    renewed = (
        update(Submission)
        .where(col(Submission.number) == number, col(Submission.access_code_version) == former)
        .values(access_code=intake.cipher.encrypt(code), access_code_version=former + 1)
    )
    if await session.scalar(renewed.returning(col(Submission.number))) is None:
        return None
    await session.execute(delete(ContactChange).where(col(ContactChange.number) == number))
    await session.execute(_FORGET_PROOFS, {"number": number})
    return code


def bearer_token(request: Request, number: int, code_version: int) -> str:
    """A token for a caller who entered the code of this version."""
    tokens: Tokens = request.app.state.tokens
    return tokens.issue(ReportBearer(number=number, code_version=code_version), BEARER_TTL)


async def log_code(
    session: AsyncSession,
    intake: Resources,
    number: int,
    what: Literal["used", "renewed", "given"],
    *,
    maker: Actor | None = None,
    address: str | None = None,
) -> None:
    """Write a use of the access code to the access log. It was used or renewed from an address, or
    given to a member of staff who is to pass it on."""
    entry = {
        "number": number,
        "kind": f"access_code_{what}",
        "staff_id": maker.staff_id if maker else None,
        "agency_id": maker.agency_id if maker else None,
        "address": intake.cipher.encrypt(address) if address else None,
    }
    await session.execute(_LOG, entry)
    if what == "used":
        first = col(Submission.number) == number, col(Submission.access_code_used_at).is_(None)
        used = update(Submission).where(*first).values(access_code_used_at=func.now())
        await session.execute(used)


_USE_RECOVERY = text("SELECT notification.use_recovery(CAST(:shown AS bytea), :number)")
_FORGET_PROOFS = text("SELECT notification.forget_report_proofs(:number)")
_LOG = text(
    "SELECT routing.log_access_code(:number, :kind, CAST(:staff_id AS int),"
    " CAST(:agency_id AS int), CAST(:address AS bytea))"
)
