"""Setting up a second factor, with name and password; for pusat before the first session."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.routing.accounts import second_factor
from services.routing.accounts.sessions import revoke_all
from services.routing.accounts.sign_in import (
    SignIn,
    check_second_factor,
    checked_person,
    still_checked,
)
from shared.http.documentation import problem_responses
from shared.http.problems import conflict
from shared.http.transaction import CurrentDatabase
from shared.lifecycle.people import WITH_SECOND_FACTOR
from shared.values.text import ONE_TIME_CODE_LIMIT


class Credentials(SignIn):
    """Name and password; a code too, if a second factor is already in use."""


class Confirmation(SignIn):
    code: str = Field(
        min_length=1,
        max_length=ONE_TIME_CODE_LIMIT,
        description="A code from the new authenticator",
    )


class Enrolment(BaseModel):
    """The secret for an authenticator app: to type in, or to scan as a QR code made of `uri`."""

    secret: str
    uri: str


class Enrolled(BaseModel):
    """`recovery_codes` are shown only this once. Each works once, in place of a code."""

    recovery_codes: list[str]


router = APIRouter(
    prefix="/second-factor", tags=["sign-in"], responses=problem_responses(401, 409, 422, 429)
)


@router.post("/enrol")
async def enrol(form: Credentials, request: Request, database: CurrentDatabase) -> Enrolment:
    """Begin: return a secret for the authenticator. It is in use only after it is confirmed."""
    person = await checked_person(form, request, database)
    await person.attempt.take_back()
    async with database.session() as session:
        await still_checked(session, person)
        secret = await second_factor.enrol(session, request.app.state.identity, person.id)
    return Enrolment(secret=secret, uri=second_factor.uri(secret, form.username))


@router.post("/confirm")
async def confirm(form: Confirmation, request: Request, database: CurrentDatabase) -> Enrolled:
    """Confirm with a first code. From now on signing in requires a code; all sessions end."""
    person = await checked_person(form, request, database)
    cipher = request.app.state.identity
    async with database.session() as session:
        await still_checked(session, person)
        codes = await second_factor.confirm(session, cipher, person.id, form.code)
        await revoke_all(session, person.id)
    await person.attempt.take_back()
    return Enrolled(recovery_codes=codes)


@router.post("/remove", status_code=204)
async def remove(form: Confirmation, request: Request, database: CurrentDatabase) -> None:
    """Remove the second factor, with one of its codes. Pusat cannot where it is required."""
    person = await checked_person(form, request, database)
    if person.role in WITH_SECOND_FACTOR and request.app.state.settings.second_factor_required:
        raise conflict("second_factor_required")
    async with database.session() as session:
        await still_checked(session, person)
        await check_second_factor(session, request, person, form.code)
        await second_factor.forget(session, person.id)
        await revoke_all(session, person.id)
    await person.attempt.take_back()
