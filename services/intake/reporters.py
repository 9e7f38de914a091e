"""Reporters: an account, signing in, one's own reports, or one report by number and code."""

from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import text

from services.intake.access_code import new_access_code, same_code
from services.intake.report_form import ReporterForm
from services.intake.resources import Intake
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, client_address, limited, rate_limits
from shared.http.paging import Cursor, Page, PageSize, decode_cursor, encode_cursor
from shared.http.passwords import hash_password, verify_password
from shared.http.problems import Problem, conflict, forbidden, not_found, unauthorized
from shared.http.tokens import InvalidTokenError, ReportBearer, Reporter, Tokens
from shared.http.transaction import Transaction
from shared.labels import label

router = APIRouter(tags=["Reporters"])

SIGN_UP = Limit("sign_up", 20, 3600)
SIGN_IN = Limit("sign_in", 10, 300)
ACCESS_BY_ADDRESS = Limit("access_by_address", 30, 600)
ACCESS_BY_NUMBER = Limit("access_by_number", 20, 3600)

REFRESH_TTL = timedelta(days=7)
BEARER_TTL = timedelta(hours=1)

Number = Annotated[int, Path(gt=0, lt=2**63)]


class SignUpForm(ReporterForm):
    """A new account: a name, a phone number or an e-mail address, and a password."""

    password: str = Field(min_length=10, max_length=200, repr=False)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.name and (self.phone or self.email)):
            raise PydanticCustomError("contact_missing", "Name, and phone or e-mail")
        return self


class SignInForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    contact: str = Field(max_length=254, description="The account's phone number or e-mail")
    password: str = Field(max_length=200, repr=False)


class RefreshForm(BaseModel):
    refresh_token: str = Field(max_length=4_000, repr=False)


class SignedIn(BaseModel):
    """The access token goes into `Authorization: Bearer`; it lasts 15 minutes."""

    access_token: str
    refresh_token: str


class AccessForm(BaseModel):
    access_code: str = Field(max_length=50, repr=False)


class ReportAccess(BaseModel):
    """Opens this one report for an hour."""

    access_token: str


class OwnReport(BaseModel):
    """A line in the list of one's own reports."""

    number: int
    title: str
    status: str
    status_label: str
    submitted_at: datetime
    due_at: datetime | None
    overdue: bool
    question_open: bool = Field(description="The admin has asked something")


class OwnPosition(BaseModel):
    number: int = Field(ge=0, lt=2**63)


@router.post(
    "/reporters",
    status_code=201,
    dependencies=[Depends(limited(SIGN_UP))],
    responses=problem_responses(409, 429),
)
async def sign_up(
    form: SignUpForm, session: Transaction, intake: Intake, request: Request
) -> SignedIn:
    """Make an account and sign in."""
    seal = intake.cipher.encrypt
    row = {
        "name": seal(form.name or ""),
        "phone": seal(form.phone) if form.phone else None,
        "email": seal(form.email) if form.email else None,
        "nik": seal(form.nik) if form.nik else None,
        "phone_index": intake.index.phone(form.phone) if form.phone else None,
        "email_index": intake.index.email(form.email) if form.email else None,
        "password_hash": await hash_password(form.password),
    }
    account_id = (await session.execute(_SIGN_UP, row)).scalar_one_or_none()
    if account_id is None:
        raise conflict("account_taken")
    return _signed_in(request, account_id)


@router.post(
    "/reporters/sign-in",
    dependencies=[Depends(limited(SIGN_IN))],
    responses=problem_responses(401, 429),
)
async def sign_in(
    form: SignInForm, session: Transaction, intake: Intake, request: Request
) -> SignedIn:
    """Sign in. The same answer for an unknown contact and a wrong password."""
    contact = _contact(intake, form.contact)
    await rate_limits(request).take(SIGN_IN, _one_spelling(contact, form.contact))
    row = (await session.execute(_SIGN_IN, contact)).one_or_none()
    if not await verify_password(row.password_hash if row else None, form.password):
        raise unauthorized("sign_in_failed")
    assert row is not None
    return _signed_in(request, row.id)


@router.post("/reporters/refresh", responses=problem_responses(401))
async def refresh(form: RefreshForm, request: Request) -> SignedIn:
    """A new access token, and a new refresh token."""
    tokens: Tokens = request.app.state.tokens
    try:
        principal = tokens.read(form.refresh_token, "refresh")
    except InvalidTokenError:
        raise unauthorized("token_invalid") from None
    if not isinstance(principal, Reporter):
        raise unauthorized("token_invalid")
    return _signed_in(request, principal.account_id)


@router.get("/reporters/me/reports", responses=problem_responses(401, 403))
async def list_own_reports(
    reporter: CurrentReporter,
    session: Transaction,
    limit: PageSize = 25,
    cursor: Cursor = None,
) -> Page[OwnReport]:
    """One's own reports, newest first."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    position = decode_cursor(cursor, OwnPosition)
    before = position.number if position else 2**63 - 1
    parameters = {"reporter_id": reporter.account_id, "before": before, "limit": limit + 1}
    rows = (await session.execute(_OWN, parameters)).mappings().all()
    items = [OwnReport(**row, status_label=label("status", row["status"])) for row in rows[:limit]]
    more = len(rows) > limit
    return Page(
        items=items, next=encode_cursor(OwnPosition(number=items[-1].number)) if more else None
    )


@router.post("/reports/{number}/access", responses=problem_responses(404, 429))
async def open_report(
    number: Number, form: AccessForm, session: Transaction, intake: Intake, request: Request
) -> ReportAccess:
    """A token for one report. The same 404 for an unknown number and a wrong code."""
    limits = rate_limits(request)
    await limits.take(ACCESS_BY_ADDRESS, client_address(request))
    await limits.take(ACCESS_BY_NUMBER, str(number))
    sealed = (await session.execute(_CODE, {"number": number})).scalar_one_or_none()
    code = intake.cipher.decrypt(bytes(sealed)) if sealed else new_access_code()
    if not same_code(form.access_code, code) or not sealed:
        raise _no_such_report()
    tokens: Tokens = request.app.state.tokens
    return ReportAccess(access_token=tokens.issue(ReportBearer(number=number), BEARER_TTL))


def _no_such_report() -> Problem:
    return not_found()


def _signed_in(request: Request, account_id: int) -> SignedIn:
    tokens: Tokens = request.app.state.tokens
    reporter = Reporter(account_id=account_id)
    return SignedIn(
        access_token=tokens.issue(reporter),
        refresh_token=tokens.issue(reporter, REFRESH_TTL, "refresh"),
    )


def _contact(intake: Intake, typed: str) -> dict[str, bytes | None]:
    found: dict[str, bytes | None] = {"phone": None, "email": None}
    for kind, index in (("phone", intake.index.phone), ("email", intake.index.email)):
        try:
            found[kind] = index(typed)
        except ValueError:
            continue
    return found


def _one_spelling(contact: dict[str, bytes | None], typed: str) -> str:
    """What tries are counted by: `0812…`, `+62 812…` and `0812-…` are one contact."""
    known = contact["phone"] or contact["email"]
    return known.hex() if known else typed.strip().lower()


_SIGN_UP = text(
    "INSERT INTO intake.reporter"
    " (name, phone, email, nik, phone_index, email_index, password_hash)"
    " VALUES (:name, :phone, :email, :nik, :phone_index, :email_index, :password_hash)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
_SIGN_IN = text(
    "SELECT id, password_hash FROM intake.reporter"
    " WHERE phone_index = CAST(:phone AS bytea) OR email_index = CAST(:email AS bytea)"
)
_CODE = text("SELECT access_code FROM intake.submission WHERE number = :number")
_OWN = text(
    "SELECT r.number, coalesce(t.title, t.original_title) AS title, r.status, r.submitted_at,"
    " r.due_at, r.overdue, (r.state->>'question_open')::boolean AS question_open"
    " FROM intake.submission s JOIN lifecycle.report r ON r.number = s.number"
    " JOIN lifecycle.report_text t ON t.number = s.number"
    " WHERE s.reporter_id = :reporter_id AND s.number < :before"
    " ORDER BY s.number DESC LIMIT :limit"
)
