"""A reporter's account: made, its password changed."""

from collections.abc import Iterable
from typing import Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import update
from sqlmodel import col

from services.intake.account_entry import (
    contacts_of,
    entries_for,
    keep_entries,
)
from services.intake.models import ReporterAccount
from services.intake.report_form import ReporterForm
from services.intake.resources import Intake
from services.intake.sign_in import GUARD, SESSIONS, SignedIn, open_session
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.guessing import (
    StrangersAttempt,
)
from shared.http.limits import Limit, limited, rate_limits
from shared.http.password_strength import SHORTEST, check_new_password
from shared.http.passwords import verify_password
from shared.http.problems import FieldError, forbidden, unauthorized, validation
from shared.http.tokens import Reporter
from shared.http.transaction import CurrentDatabase
from shared.privacy.holder_keys import HolderCipher
from shared.values.text import PASSWORD_LIMIT

router = APIRouter(tags=["Reporters"])

SIGN_UP = Limit("sign_up", 20, 3600)
OWN_PASSWORD = Limit("own_password", 10, 300)


class SignUpForm(ReporterForm):
    """A new account: a name, a phone number or an e-mail address, and a password."""

    password: str = Field(min_length=SHORTEST, max_length=PASSWORD_LIMIT, repr=False)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.name and (self.phone or self.email)):
            raise PydanticCustomError("contact_missing", "Name, and phone or e-mail")
        return self


class NewPasswordForm(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    current_password: str = Field(max_length=PASSWORD_LIMIT, repr=False)
    password: str = Field(min_length=SHORTEST, max_length=PASSWORD_LIMIT, repr=False)


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
    own, holder_key = HolderCipher.new(intake.cipher)
    seal = own.encrypt
    account = ReporterAccount(
        name=seal(form.name or ""),
        phone=seal(form.phone) if form.phone else None,
        email=seal(form.email) if form.email else None,
        nik=seal(form.nik) if form.nik else None,
        holder_key=holder_key,
        password_hash=entries[0]["password_hash"],
    )
    async with database.session() as session:
        session.add(account)
        await session.flush()
        assert account.id is not None
        await keep_entries(session, account.id, entries)
        return await open_session(session, request, account.id)


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
    own = HolderCipher(intake.cipher, account.holder_key)
    about = [own.decrypt(bytes(token)) if token else None for token in sealed]
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
        return await open_session(session, request, reporter.account_id)


async def _count_guess(request: Request, contacts: Iterable[bytes]) -> None:
    """A password chosen for a contact tells whether it is that of another account: each is a
    failure to sign in, whatever comes of it."""
    for contact in contacts:
        await StrangersAttempt(request, GUARD, contact.hex()).count_as_stranger()
