"""Reporters sign up for an account."""

from collections.abc import Iterable

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from services.intake.account_entry import entries_for, keep_entries
from services.intake.models import ReporterAccount
from services.intake.report_form import ReporterForm, unreachable
from services.intake.resources import Intake
from services.intake.sign_in import GUARD, SignedIn, open_session
from shared.http.documentation import problem_responses
from shared.http.guessing import (
    StrangersAttempt,
)
from shared.http.limits import Limit, limited
from shared.http.password_strength import SHORTEST, check_new_password
from shared.http.problems import validation
from shared.http.transaction import CurrentDatabase
from shared.privacy.holder_keys import HolderCipher
from shared.values.text import PASSWORD_LIMIT

router = APIRouter(tags=["Reporters"])

SIGN_UP = Limit("sign_up", 20, 3600)


class SignUpForm(ReporterForm):
    """A new account: a name, a phone number or an e-mail address, and a password."""

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
    """Create an account and sign in. The answer does not reveal whether other accounts have the
    same contact, as nobody has proven it. Only if another account also has the same password, it is
    a 422 (decision 30). Signing in would reveal the same, so this counts as a failed sign-in."""
    if lacking := unreachable(form, "", "phone"):
        raise validation(*lacking)
    contacts = [
        index(contact)
        for contact, index in ((form.phone, intake.index.phone), (form.email, intake.index.email))
        if contact
    ]
    await check_new_password(form.password, form.name, form.phone, form.email, form.nik)
    await count_guess(request, contacts)
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


async def count_guess(request: Request, contacts: Iterable[bytes]) -> None:
    """Count a password chosen for a contact as a failed sign-in, whatever the result. It reveals
    whether it is the password of another account."""
    for contact in contacts:
        await StrangersAttempt(request, GUARD, contact.hex()).count_as_stranger()
