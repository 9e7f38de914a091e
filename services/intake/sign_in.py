"""Reporters sign in and out, and renew their sessions."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.account_entry import (
    matching_accounts,
    still_matches,
)
from services.intake.models import EndedReporterSession, ReporterSession
from services.intake.resources import Intake
from shared.http.documentation import problem_responses
from shared.http.guessing import (
    DEVICES,
    Guard,
    PasswordGuard,
    SharedNameAttempt,
)
from shared.http.limits import Limit
from shared.http.problems import unauthorized
from shared.http.sessions import Copied, RenewalKey, Sessions, Used
from shared.http.tokens import Reporter, Tokens
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.text import EMAIL_LIMIT, PASSWORD_LIMIT

router = APIRouter(tags=["Reporters"])

GUARD = PasswordGuard(
    "reporter",
    Guard(Limit("sign_in", 10, 300), Limit("sign_in_address", 60, 300)),
    strangers=Limit("sign_in_strangers", 100, 3600),
)
"""Limits on failures. The limit for an address is high, as many people share one address of a
mobile network."""
SESSIONS = Sessions(ReporterSession, "reporter_id", EndedReporterSession)


class SignInForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    contact: str = Field(max_length=EMAIL_LIMIT, description="The account's phone number or e-mail")
    password: str = Field(max_length=PASSWORD_LIMIT, repr=False)
    device_tokens: list[Annotated[str, Field(max_length=1_000)]] = Field(
        default=[],
        max_length=DEVICES,
        repr=False,
        description="From earlier sign-ins in this browser. With them, it can sign in while "
        "others guess the password",
    )


class RefreshForm(BaseModel):
    refresh_token: str = Field(max_length=4_000, repr=False)


class RenewalForm(RefreshForm):
    renewal_key: RenewalKey = None


class SignedIn(BaseModel):
    """The tokens of a session. The access token goes into `Authorization: Bearer`; it lasts 15
    minutes."""

    access_token: str
    refresh_token: str


class SignedInHere(SignedIn):
    """The tokens of a sign-in. The browser keeps `device_tokens` for thirty days, instead of those
    it sent."""

    device_tokens: list[str]


@router.post("/reporters/sign-in", responses=problem_responses(401, 429))
async def sign_in(
    form: SignInForm, database: CurrentDatabase, intake: Intake, request: Request
) -> SignedInHere:
    """Sign in. The answer is the same for an unknown contact and a wrong password. If several
    accounts have the contact, the password decides. A device token lets this browser try only the
    account that it signed in to, since anybody can sign up with a contact and get one for it."""
    contact = _contact(intake, form.contact)
    attempt = SharedNameAttempt(request, GUARD, _one_spelling(contact, form.contact))
    known_to = await attempt.begin(form.device_tokens)
    typed = contact["phone"] or contact["email"]
    matching = await matching_accounts(database, intake, typed, form.password)
    entered = next((entry for entry in matching if entry.account_id in known_to), None)
    if entered is None and known_to:
        await attempt.go_on_as_stranger()
    if entered is None and matching:
        entered = matching[0]
    if entered is None:
        raise unauthorized("sign_in_failed")
    async with database.session() as session:
        if not await still_matches(session, entered):
            raise unauthorized("sign_in_failed")
        signed_in = await open_session(session, request, entered.account_id)
    devices = await attempt.let_in(entered.account_id)
    return SignedInHere(**signed_in.model_dump(), device_tokens=devices)


@router.post("/reporters/refresh", responses=problem_responses(401))
async def refresh(form: RenewalForm, database: CurrentDatabase, request: Request) -> SignedIn:
    """Exchange a refresh token for new tokens. If the token was used before, it was copied, and all
    sessions of its account end."""
    async with database.session() as session:
        try:
            used = await SESSIONS.use(session, form.refresh_token, form.renewal_key)
        except Copied as copied:
            await SESSIONS.end_all(session, copied.owner_id)
        else:
            if used is not None:
                return await open_session(session, request, used.owner_id, used)
    # Outside the transaction: the refusal must not undo the end of the sessions.
    raise unauthorized("token_invalid")


@router.post("/reporters/sign-out", status_code=204)
async def sign_out(form: RefreshForm, session: Transaction) -> None:
    """End the session of this refresh token, with its access tokens."""
    await SESSIONS.close(session, form.refresh_token)


async def open_session(
    session: AsyncSession, request: Request, account_id: int, used: Used | None = None
) -> SignedIn:
    """The tokens of a new session, or of the one that is renewed."""
    tokens: Tokens = request.app.state.tokens
    opened = await SESSIONS.open(session, account_id, used)
    access_token = tokens.issue(Reporter(account_id=account_id), session_id=opened.session_id)
    return SignedIn(access_token=access_token, refresh_token=opened.token)


def _contact(intake: Intake, typed: str) -> dict[str, bytes | None]:
    by_kind: dict[str, bytes | None] = {"phone": None, "email": None}
    for kind, index in (("phone", intake.index.phone), ("email", intake.index.email)):
        try:
            by_kind[kind] = index(typed)
        except ValueError:
            continue
    return by_kind


def _one_spelling(contact: dict[str, bytes | None], typed: str) -> str:
    """The name by which tries are counted: `0812…`, `+62 812…` and `0812-…` are one contact."""
    known = contact["phone"] or contact["email"]
    return known.hex() if known else typed.strip().lower()
