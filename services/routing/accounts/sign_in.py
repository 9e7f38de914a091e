"""Signing in and out, and reading who is signed in."""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.accounts import second_factor
from services.routing.accounts.password_links import set_password, still_has_password
from services.routing.accounts.sessions import SESSIONS, revoke_all
from services.routing.models import StaffMember
from shared.command_requests.directory import agency
from shared.database.views import StaffEntry
from shared.http.auth import CurrentReader
from shared.http.callers import client_address
from shared.http.documentation import problem_responses
from shared.http.guessing import DEVICES, Guard, PasswordAttempt, PasswordGuard
from shared.http.limits import Limit, rate_limits
from shared.http.passwords import hash_password, needs_rehash, verify_password
from shared.http.problems import Problem, forbidden, unauthorized
from shared.http.sessions import Copied, RenewalKey, Used
from shared.http.tokens import ACCESS_TTL, Staff, Tokens
from shared.http.transaction import CurrentDatabase, Transaction
from shared.labels import label
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import WITH_SECOND_FACTOR
from shared.values.text import ONE_TIME_CODE_LIMIT, PASSWORD_LIMIT, USERNAME_LIMIT

GUARD = PasswordGuard(
    "staff",
    Guard(Limit("sign_in", count=10, seconds=300), Limit("sign_in_address", count=60, seconds=300)),
    strangers=Limit("sign_in_strangers", count=100, seconds=3600),
)
"""Limits on failures only: a whole office behind one address signs in at the same hour."""
REFRESHES = Limit("refresh_address", count=300, seconds=300)


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=USERNAME_LIMIT)
    ] = Field(description="In any mix of capitals and small letters")
    password: str = Field(min_length=1, max_length=PASSWORD_LIMIT)
    code: str | None = Field(
        None,
        max_length=ONE_TIME_CODE_LIMIT,
        description="The code of the second factor, for people who have one",
    )
    device_tokens: list[Annotated[str, Field(max_length=1_000)]] = Field(
        default=[],
        max_length=DEVICES,
        description="From earlier sign-ins in this browser. With them, it can sign in while "
        "others guess the password",
    )


class RefreshToken(BaseModel):
    model_config = ConfigDict(extra="forbid")

    refresh_token: str = Field(min_length=1, max_length=200)


class Renewal(RefreshToken):
    renewal_key: RenewalKey = None


class SignedIn(BaseModel):
    """`access_token` goes into `Authorization: Bearer`; `refresh_token` gets the next pair."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Seconds")
    refresh_token: str
    refresh_expires_at: datetime


class SignedInHere(SignedIn):
    """The browser keeps `device_tokens` for thirty days, replacing those it sent."""

    device_tokens: list[str]


class CheckedPerson(NamedTuple):
    """The person with this name and password, and the attempt. It counts as a failure until it is
    taken back."""

    id: int
    password_hash: str
    role: str
    attempt: PasswordAttempt


class Me(BaseModel):
    id: int
    username: str
    name: str
    role: str
    role_label: str
    agency_id: int
    agency_code: str
    agency_name: str
    agency_kind: str
    agency_zone: Zone = Field(
        description="Days and times are shown to this person in its time zone"
    )
    agency_path: list[int] = Field(
        description="The ids of the agencies from pusat down to the own agency"
    )
    second_factor: bool = Field(description="Whether signing in asks for a code")


router = APIRouter(tags=["sign-in"])


@router.post("/sign-in", responses=problem_responses(401, 403, 422, 429))
async def sign_in(body: SignIn, request: Request, database: CurrentDatabase) -> SignedInHere:
    """Sign in with name and password, and a code for anyone with a second factor. The answer
    `second_factor_needed` asks for the code. An unknown name gets the same answer as a wrong
    password, equally fast. Pusat must set up a second factor first:
    `second_factor_enrolment_needed`."""
    person = await checked_person(body, request, database)
    stronger = await hash_password(body.password) if needs_rehash(person.password_hash) else None
    async with database.session() as session:
        await still_checked(session, person, shared=stronger is None)
        await check_second_factor(session, request, person, body.code)
        if await _owes_second_factor(session, request, person.id, person.role):
            await person.attempt.take_back()
            raise forbidden("second_factor_enrolment_needed")
        if stronger:
            await set_password(session, person.id, stronger)
        signed_in = await _signed_in(session, request, person.id)
    return SignedInHere(**signed_in.model_dump(), device_tokens=await person.attempt.let_in())


@router.post("/refresh", responses=problem_responses(401, 422, 429))
async def refresh(body: Renewal, request: Request, database: CurrentDatabase) -> SignedIn:
    """Exchange a refresh token for a new pair of tokens. A token used before must have been copied,
    so all sessions of its person end."""
    await rate_limits(request).take(REFRESHES, client_address(request))
    async with database.session() as session:
        try:
            used = await SESSIONS.use(session, body.refresh_token, body.renewal_key)
        except Copied as copied:
            await revoke_all(session, copied.owner_id)
        else:
            if used is not None:
                return await _signed_in(session, request, used.owner_id, used)
    # Raised outside the transaction, so that it does not undo the end of the sessions.
    raise unauthorized("token_invalid")


@router.post("/sign-out", status_code=204, responses=problem_responses(422))
async def sign_out(body: RefreshToken, session: Transaction) -> None:
    """End the session of this refresh token, and its access tokens with it."""
    await SESSIONS.close(session, body.refresh_token)


@router.get("/me", responses=problem_responses(401, 403))
async def me(staff: CurrentReader, session: Transaction) -> Me:
    """Who is signed in."""
    own = await agency(session, staff.agency_id)
    assert own is not None, "staff belong to an agency that exists"
    return Me(
        id=staff.id,
        username=(await session.get_one(StaffMember, staff.id)).username,
        name=staff.name,
        role=staff.role,
        role_label=label("role", staff.role),
        agency_id=own.id,
        agency_code=own.code,
        agency_name=own.name,
        agency_kind=own.kind,
        agency_zone=own.zone,
        agency_path=list(own.path),
        second_factor=await second_factor.in_use(session, staff.id),
    )


async def checked_person(
    body: SignIn, request: Request, database: CurrentDatabase
) -> CheckedPerson:
    """Return the person with this name and password. 401 if there is none, 429 after many failures.
    No transaction is open while the password is checked, which is slow on purpose."""
    async with database.session() as session:
        row = (await session.execute(_BY_NAME, {"username": body.username})).one_or_none()

    async def has_right_code() -> bool:
        if row is None or not body.code:
            return False
        async with database.session() as session:
            identity = request.app.state.identity
            return await second_factor.is_right(session, identity, row.id, body.code)

    attempt = PasswordAttempt(request, GUARD, body.username.lower())
    await attempt.begin(body.device_tokens, has_right_code)
    if not await verify_password(row.password_hash if row else None, body.password) or row is None:
        raise unauthorized("sign_in_failed")
    return CheckedPerson(row.id, row.password_hash, row.role, attempt)


async def still_checked(
    session: AsyncSession, person: CheckedPerson, *, shared: bool = False
) -> None:
    """Raise a 401 if the person has changed their password meanwhile. Call it before checking the
    second factor, since resetting that locks the person first, too."""
    checked = person.password_hash
    await still_has_password(session, person.id, checked, "sign_in_failed", shared=shared)


async def check_second_factor(
    session: AsyncSession, request: Request, person: CheckedPerson, code: str | None
) -> None:
    """As `second_factor.check_code`. A missing code does not count as a failed attempt."""
    try:
        await second_factor.check_code(session, request.app.state.identity, person.id, code)
    except Problem as problem:
        if problem.code == "second_factor_needed":
            await person.attempt.take_back()
        raise


async def _owes_second_factor(
    session: AsyncSession, request: Request, staff_id: int, role: str
) -> bool:
    required = request.app.state.settings.second_factor_required and role in WITH_SECOND_FACTOR
    return required and not await second_factor.in_use(session, staff_id)


async def _signed_in(
    session: AsyncSession, request: Request, staff_id: int, used: Used | None = None
) -> SignedIn:
    """The tokens of a new session, or of the session that is continued."""
    person = await session.get(StaffEntry, staff_id)
    if (
        person is None
        or not person.active
        or await _owes_second_factor(session, request, staff_id, person.role)
    ):
        raise unauthorized("token_invalid" if used else "sign_in_failed")
    tokens: Tokens = request.app.state.tokens
    opened = await SESSIONS.open(session, staff_id, used)
    staff = Staff.model_validate(person.model_dump())
    return SignedIn(
        access_token=tokens.issue(staff, session_id=opened.session_id),
        token_type="Bearer",  # noqa: S106
        expires_in=int(ACCESS_TTL.total_seconds()),
        refresh_token=opened.token,
        refresh_expires_at=opened.expires_at,
    )


_BY_NAME = text(
    "SELECT s.id, s.password_hash, s.role FROM routing.staff s"
    " JOIN routing.staff_directory d ON d.id = s.id AND d.active"
    " WHERE lower(s.username) = lower(:username)"
    # Where two old names differ only in capitals, each is found only as it is written.
    " AND (s.username = :username OR NOT EXISTS (SELECT FROM routing.staff o"
    "  WHERE lower(o.username) = lower(:username) AND o.id <> s.id))"
)
