"""A reporter's account: made, entered, left, its password changed."""

from collections.abc import Iterable
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.account_entry import (
    accounts_entered,
    contacts_of,
    entries_for,
    keep_entries,
    still_entered,
)
from services.intake.models import EndedReporterSession, ReporterAccount, ReporterSession
from services.intake.report_form import ReporterForm
from services.intake.resources import Intake
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.guessing import (
    DEVICES,
    Guard,
    PasswordGuard,
    SharedNameAttempt,
    StrangersAttempt,
)
from shared.http.limits import Limit, limited, rate_limits
from shared.http.password_strength import SHORTEST, check_new_password
from shared.http.passwords import verify_password
from shared.http.problems import FieldError, forbidden, unauthorized, validation
from shared.http.sessions import Copied, Sessions
from shared.http.tokens import Reporter, Tokens
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.text import EMAIL_LIMIT, PASSWORD_LIMIT

router = APIRouter(tags=["Reporters"])

SIGN_UP = Limit("sign_up", 20, 3600)
OWN_PASSWORD = Limit("own_password", 10, 300)
GUARD = PasswordGuard(
    "reporter",
    Guard(Limit("sign_in", 10, 300), Limit("sign_in_address", 60, 300)),
    strangers=Limit("sign_in_strangers", 100, 3600),
)
"""Failures: many people come by one address of a mobile network."""
SESSIONS = Sessions(ReporterSession, "reporter_id", EndedReporterSession)


class SignUpForm(ReporterForm):
    """A new account: a name, a phone number or an e-mail address, and a password."""

    password: str = Field(min_length=SHORTEST, max_length=PASSWORD_LIMIT, repr=False)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.name and (self.phone or self.email)):
            raise PydanticCustomError("contact_missing", "Name, and phone or e-mail")
        return self


class SignInForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    contact: str = Field(max_length=EMAIL_LIMIT, description="The account's phone number or e-mail")
    password: str = Field(max_length=PASSWORD_LIMIT, repr=False)
    device_tokens: list[Annotated[str, Field(max_length=1_000)]] = Field(
        default=[],
        max_length=DEVICES,
        repr=False,
        description="From earlier sign-ins in this browser: it is then let in while others guess",
    )


class NewPasswordForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    current_password: str = Field(max_length=PASSWORD_LIMIT, repr=False)
    password: str = Field(min_length=SHORTEST, max_length=PASSWORD_LIMIT, repr=False)


class RefreshForm(BaseModel):
    refresh_token: str = Field(max_length=4_000, repr=False)


class SignedIn(BaseModel):
    """The access token goes into `Authorization: Bearer`; it lasts 15 minutes."""

    access_token: str
    refresh_token: str


class SignedInHere(SignedIn):
    """`device_tokens` are kept by the browser, thirty days, in place of those it sent."""

    device_tokens: list[str]


@router.post(
    "/reporters",
    status_code=201,
    dependencies=[Depends(limited(SIGN_UP))],
    responses=problem_responses(429),
)
async def sign_up(
    form: SignUpForm, database: CurrentDatabase, intake: Intake, request: Request
) -> SignedIn:
    """Make an account and sign in. Nothing tells whether others have named the same contact: it
    is not proven to be anybody's. Only where another has the same password too, that is a 422
    (decision 30): what signing in would tell as well, and counted as such a try."""
    contacts = [
        index(contact)
        for contact, index in ((form.phone, intake.index.phone), (form.email, intake.index.email))
        if contact
    ]
    await check_new_password(form.password, form.name, form.phone, form.email, form.nik)
    await _count_guess(request, contacts)
    entries = await entries_for(database, intake, contacts, form.password)
    seal = intake.cipher.encrypt
    account = ReporterAccount(
        name=seal(form.name or ""),
        phone=seal(form.phone) if form.phone else None,
        email=seal(form.email) if form.email else None,
        nik=seal(form.nik) if form.nik else None,
        password_hash=entries[0]["password_hash"],
    )
    async with database.session() as session:
        session.add(account)
        await session.flush()
        assert account.id is not None
        await keep_entries(session, account.id, entries)
        return await _signed_in(session, request, account.id)


@router.post("/reporters/sign-in", responses=problem_responses(401, 429))
async def sign_in(
    form: SignInForm, database: CurrentDatabase, intake: Intake, request: Request
) -> SignedInHere:
    """Sign in. The same answer for an unknown contact and a wrong password; where several
    accounts have the contact, the password decides. A browser's mark is of the account it signed
    in to, and lets it try that one only: marks for a contact are anybody's who names it."""
    contact = _contact(intake, form.contact)
    attempt = SharedNameAttempt(request, GUARD, _one_spelling(contact, form.contact))
    known_to = await attempt.begin(form.device_tokens)
    typed = contact["phone"] or contact["email"]
    matching = await accounts_entered(database, intake, typed, form.password)
    entered = next((entry for entry in matching if entry.account_id in known_to), None)
    if entered is None and known_to:
        await attempt.go_on_as_stranger()
    if entered is None and matching:
        entered = matching[0]
    if entered is None:
        raise unauthorized("sign_in_failed")
    async with database.session() as session:
        if not await still_entered(session, entered):
            raise unauthorized("sign_in_failed")
        signed_in = await _signed_in(session, request, entered.account_id)
    devices = await attempt.let_in(entered.account_id)
    return SignedInHere(**signed_in.model_dump(), device_tokens=devices)


@router.post("/reporters/refresh", responses=problem_responses(401))
async def refresh(form: RefreshForm, database: CurrentDatabase, request: Request) -> SignedIn:
    """A new pair of tokens for a refresh token. One that was used before has been copied: all
    sessions of its account end."""
    async with database.session() as session:
        try:
            used = await SESSIONS.use(session, form.refresh_token)
        except Copied as copied:
            await SESSIONS.end_all(session, copied.owner_id)
        else:
            if used is not None:
                return await _signed_in(session, request, used.owner_id, used.session_id)
    # Outside: a refusal must not undo the end of the sessions.
    raise unauthorized("token_invalid")


@router.post("/reporters/sign-out", status_code=204)
async def sign_out(form: RefreshForm, session: Transaction) -> None:
    """End the session of this refresh token; its access tokens end with it."""
    await SESSIONS.close(session, form.refresh_token)


@router.post("/reporters/me/password", responses=problem_responses(401, 403, 422, 429))
async def change_password(
    form: NewPasswordForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
) -> SignedIn:
    """Choose another password. Every session of the account ends but the new one."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    await rate_limits(request).take(OWN_PASSWORD, str(reporter.account_id))
    async with database.session() as session:
        account = await session.get(ReporterAccount, reporter.account_id)
        contacts = await contacts_of(session, reporter.account_id)
    # No transaction is open meanwhile: this takes long on purpose.
    former = account.password_hash if account else None
    if account is None or not await verify_password(former, form.current_password):
        raise validation(FieldError("current_password", "present_password_wrong"))
    sealed = (account.name, account.phone, account.email, account.nik)
    about = [intake.cipher.decrypt(bytes(token)) if token else None for token in sealed]
    await check_new_password(form.password, *about)
    await _count_guess(request, contacts)
    entries = await entries_for(database, intake, contacts, form.password)
    async with database.session() as session:
        # What was shown is the password still: of two who change it at once one is too late.
        this = col(ReporterAccount.id) == reporter.account_id
        changed = (
            update(ReporterAccount)
            .where(this, col(ReporterAccount.password_hash) == former)
            .values(password_hash=entries[0]["password_hash"])
        )
        if await session.scalar(changed.returning(col(ReporterAccount.id))) is None:
            raise unauthorized("token_invalid")
        await keep_entries(session, reporter.account_id, entries)
        await SESSIONS.end_all(session, reporter.account_id)
        return await _signed_in(session, request, reporter.account_id)


async def _signed_in(
    session: AsyncSession, request: Request, account_id: int, session_id: UUID | None = None
) -> SignedIn:
    """Tokens of a new session, or of the one that goes on."""
    tokens: Tokens = request.app.state.tokens
    opened = await SESSIONS.open(session, account_id, session_id)
    access_token = tokens.issue(Reporter(account_id=account_id), session_id=opened.session_id)
    return SignedIn(access_token=access_token, refresh_token=opened.token)


async def _count_guess(request: Request, contacts: Iterable[bytes]) -> None:
    """A password chosen for a contact tells whether it is that of another account: each is a
    failure to sign in, whatever comes of it."""
    for contact in contacts:
        await StrangersAttempt(request, GUARD, contact.hex()).count_as_stranger()


def _contact(intake: Intake, typed: str) -> dict[str, bytes | None]:
    by_kind: dict[str, bytes | None] = {"phone": None, "email": None}
    for kind, index in (("phone", intake.index.phone), ("email", intake.index.email)):
        try:
            by_kind[kind] = index(typed)
        except ValueError:
            continue
    return by_kind


def _one_spelling(contact: dict[str, bytes | None], typed: str) -> str:
    """What tries are counted by: `0812…`, `+62 812…` and `0812-…` are one contact."""
    known = contact["phone"] or contact["email"]
    return known.hex() if known else typed.strip().lower()
