"""Changing the password of an account, or choosing a new one after it was lost."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.intake.account_entry import Entry, contacts_of, entries_for, keep_entries
from services.intake.accounts import count_guess
from services.intake.models import ContactChange, ReporterAccount
from services.intake.resources import Intake, Resources
from services.intake.sign_in import GUARD, SESSIONS, SignedIn, open_session
from shared.database.engine import Database
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.guessing import StrangersAttempt
from shared.http.limits import Limit, limited, rate_limits
from shared.http.password_strength import SHORTEST, check_new_password
from shared.http.passwords import verify_password
from shared.http.problems import FieldError, forbidden, unauthorized, validation
from shared.http.secret_tokens import token_hash
from shared.http.tokens import Reporter
from shared.http.transaction import CurrentDatabase
from shared.privacy.holder_keys import read_if_possible
from shared.values.text import PASSWORD_LIMIT

router = APIRouter(tags=["Reporters"])

OWN_PASSWORD = Limit("own_password", 10, 300)
RECOVERED = Limit("password_recovery", 30, 3600)


class NewPasswordForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    current_password: str = Field(max_length=PASSWORD_LIMIT, repr=False)
    password: str = Field(min_length=SHORTEST, max_length=PASSWORD_LIMIT, repr=False)


class RecoveredPasswordForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    recovery_token: str = Field(max_length=100, repr=False)
    password: str = Field(min_length=SHORTEST, max_length=PASSWORD_LIMIT, repr=False)


@router.post("/reporters/me/password", responses=problem_responses(401, 403, 422, 429))
async def change_password(
    form: NewPasswordForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    intake: Intake,
    request: Request,
) -> SignedIn:
    """Change the password and get a new session. All earlier sessions of the account end, and
    waiting contact changes are dropped, as somebody who knew the old password may have requested
    them."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    account = await check_current_password(
        database, request, reporter.account_id, form.current_password
    )
    former = account.password_hash
    chosen = await _new_entries(database, intake, request, account, form.password, proven=False)
    async with database.session() as session:
        # The password may have changed since it was checked: of two changes at once the second
        # fails.
        this = col(ReporterAccount.id) == reporter.account_id
        locked = select(col(ReporterAccount.password_hash)).where(this).with_for_update()
        if await session.scalar(locked) != former:
            raise unauthorized("token_invalid")
        return await _keep(session, request, reporter.account_id, chosen)


@router.post(
    "/reporters/password",
    responses=problem_responses(401, 422, 429),
    dependencies=[Depends(limited(RECOVERED))],
)
async def recover_password(
    form: RecoveredPasswordForm, database: CurrentDatabase, intake: Intake, request: Request
) -> SignedIn:
    """Choose a new password after proving a contact to the notification service. Its token is valid
    once. Sessions and waiting contact changes end as when the password is changed. 401: the token
    has expired or was used."""
    shown = {"shown": token_hash(form.recovery_token)}
    async with database.session() as session:
        account_id = await session.scalar(_ACCOUNT_OF, shown)
        account = account_id and await session.get(ReporterAccount, account_id)
    if not account_id or not account:
        raise unauthorized("token_invalid")
    # A refused password does not use up the token.
    chosen = await _new_entries(database, intake, request, account, form.password, proven=True)
    async with database.session() as session:
        if not await session.scalar(_USE, shown):
            raise unauthorized("token_invalid")
        return await _keep(session, request, account_id, chosen)


async def check_current_password(
    database: Database, request: Request, account_id: int | None, password: str
) -> ReporterAccount:
    """Check the present password of an account; returns the account. Raises 422 if it is wrong. No
    transaction is open meanwhile, as the check is slow on purpose."""
    await rate_limits(request).take(OWN_PASSWORD, str(account_id))
    async with database.session() as session:
        account = await session.get(ReporterAccount, account_id)
    former = account.password_hash if account else None
    if account is None or not await verify_password(former, password):
        raise validation(FieldError("current_password", "present_password_wrong"))
    return account


async def _new_entries(
    database: Database,
    intake: Resources,
    request: Request,
    account: ReporterAccount,
    password: str,
    *,
    proven: bool,
) -> list[Entry]:
    """The hashes of a new password, after checking that it is allowed. `proven`: the caller has
    just proven a contact of the account. No transaction is open meanwhile."""
    assert account.id is not None
    sealed = (account.name, account.phone, account.email, account.nik)
    about = [read_if_possible(intake.cipher, token, account.holder_key) for token in sealed]
    await check_new_password(password, *about)
    async with database.session() as session:
        contacts = await contacts_of(session, account.id)
    if proven:  # failed sign-ins of strangers do not block the owner
        await StrangersAttempt(request, GUARD, f"account {account.id}").count_as_stranger()
    else:  # anybody can sign up with such a contact, and would learn another's password
        await count_guess(request, contacts)
    return await entries_for(database, intake, contacts, password)


async def _keep(
    session: AsyncSession, request: Request, account_id: int, chosen: list[Entry]
) -> SignedIn:
    this = col(ReporterAccount.id) == account_id
    changed = update(ReporterAccount).where(this)
    await session.execute(changed.values(password_hash=chosen[0]["password_hash"]))
    await keep_entries(session, account_id, chosen)
    of_account = col(ContactChange.reporter_id) == account_id
    await session.execute(delete(ContactChange).where(of_account))
    await session.execute(_FORGET_PROOFS, {"account": account_id})
    await SESSIONS.end_all(session, account_id)
    return await open_session(session, request, account_id)


_ACCOUNT_OF = text(
    "SELECT account_id FROM notification.account_proof_of(CAST(:shown AS bytea), 'password')"
)
_USE = text("SELECT notification.use_account_proof(CAST(:shown AS bytea))")
_FORGET_PROOFS = text("SELECT notification.forget_account_proofs(:account)")
