"""Choosing a password: with a one-time link from an admin, or oneself while signed in."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.accounts.sessions import revoke_all
from services.routing.accounts.staff_email import mail_proof_link
from services.routing.management_models import PasswordLink
from services.routing.models import Agency, StaffMember
from shared.database.columns import now
from shared.database.views import StaffEntry
from shared.http.auth import CurrentReader
from shared.http.callers import client_address
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, rate_limits
from shared.http.password_strength import SHORTEST, check_new_password
from shared.http.passwords import hash_password, verify_password
from shared.http.problems import FieldError, conflict, unauthorized, validation
from shared.http.secret_tokens import new_token, token_hash
from shared.http.transaction import CurrentDatabase
from shared.values.text import PASSWORD_LIMIT
from shared.values.words import Form

LIFETIME = timedelta(days=3)
PER_ADDRESS = Limit("password_link_address", count=30, seconds=300)
CHECKS = Limit("password_link_check", count=60, seconds=300)
"""Checks of links, for each client address."""
PER_PERSON = Limit("password_change", count=10, seconds=300)

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=PASSWORD_LIMIT)]


class OneTimeLink(BaseModel):
    """Shown once, to the admin who passes it on; it cannot be displayed again."""

    url: str
    expires_at: datetime


class LinkToken(Form):
    token: str = Field(min_length=1, max_length=200)


class ByLink(LinkToken):
    password: Password


class OwnPassword(Form):
    present: str = Field(min_length=1, max_length=PASSWORD_LIMIT)
    password: Password


router = APIRouter(tags=["sign-in"], responses=problem_responses(422, 429))


@router.post("/password/by-link", status_code=204, responses=problem_responses(409))
async def choose_password(form: ByLink, request: Request, database: CurrentDatabase) -> None:
    """Choose a password with a one-time link. All earlier sessions end. If the person has an
    address that is not proven yet, the link that proves it is mailed to it. 409 for a used or
    expired link."""
    await rate_limits(request).take(PER_ADDRESS, client_address(request))
    good = _good_link(form.token)
    async with database.session() as session:
        person = (await session.execute(_person().where(*good))).one_or_none()
    if person is None:
        raise conflict("password_link_used")
    await _check(form.password, *person)
    hashed = await hash_password(form.password)
    async with database.session() as session:
        used = delete(PasswordLink).where(*good).returning(col(PasswordLink.staff_id))
        staff_id = await session.scalar(used)
        if staff_id is None:
            raise conflict("password_link_used")
        await _set(session, staff_id, hashed)
        await mail_proof_link(session, staff_id)


@router.post("/password/by-link/check", status_code=204, responses=problem_responses(409))
async def check_link(form: LinkToken, request: Request, database: CurrentDatabase) -> None:
    """Check whether a password can still be chosen with this link, without using it up. The same
    409 for a link that was used, has expired or never existed."""
    await rate_limits(request).take(CHECKS, client_address(request))
    async with database.session() as session:
        good = select(col(PasswordLink.staff_id)).where(*_good_link(form.token))
        if await session.scalar(good) is None:
            raise conflict("password_link_used")


@router.post("/me/password", status_code=204, responses=problem_responses(401, 403))
async def change_own_password(
    form: OwnPassword, staff: CurrentReader, request: Request, database: CurrentDatabase
) -> None:
    """Change the own password. All sessions end, including this one: sign in again."""
    await rate_limits(request).take(PER_PERSON, str(staff.id))
    async with database.session() as session:
        person = (await session.execute(_person().where(col(StaffMember.id) == staff.id))).one()
    if not await verify_password(person[0].password_hash, form.present):
        raise validation(FieldError("present", "password_wrong"))
    await _check(form.password, *person)
    hashed = await hash_password(form.password)
    async with database.session() as session:
        await still_has_password(session, staff.id, person[0].password_hash, "token_invalid")
        await _set(session, staff.id, hashed)


async def make_link(session: AsyncSession, base_url: str, staff_id: int) -> OneTimeLink:
    """Make a new link for a person; an earlier one becomes invalid."""
    token, hashed = new_token()
    expires_at = now() + LIFETIME
    row = {"staff_id": staff_id, "token_hash": hashed, "expires_at": expires_at}
    made = insert(PasswordLink).values(row)
    await session.execute(made.on_conflict_do_update(index_elements=["staff_id"], set_=row))
    return OneTimeLink(url=f"{base_url}/panel/sandi?kunci={token}", expires_at=expires_at)


async def withdraw_links(session: AsyncSession, staff_ids: Collection[int]) -> None:
    """Make the unused links of these people invalid. The admins who received them to pass on may no
    longer manage these people."""
    staff_id = col(PasswordLink.staff_id)
    # Locked in the order in which the links of an import are made.
    locked = select(staff_id).where(staff_id.in_(staff_ids)).order_by(staff_id).with_for_update()
    await session.execute(delete(PasswordLink).where(staff_id.in_(locked)))


async def take_password(session: AsyncSession, staff_id: int) -> bool:
    """Remove the password: the person cannot sign in until a link is used, and all sessions end.
    Return whether they ever could sign in: each password chosen or removed has raised the version
    of their sessions."""
    person = await session.get_one(StaffMember, staff_id, populate_existing=True)
    if not person.password_hash:  # nor any session
        return person.token_version > 1
    await set_password(session, staff_id, "")
    await revoke_all(session, staff_id)
    return True


async def still_has_password(
    session: AsyncSession, staff_id: int, checked: str, refusal: str, *, shared: bool = False
) -> None:
    """Raise a 401 with the code `refusal` if the person's password hash is no longer `checked`. The
    password then cannot change until the transaction ends; `shared`: the transaction only reads
    it."""
    # The weaker lock lets new sessions, which refer to the person, be saved meanwhile.
    lock = {"read": True} if shared else {"key_share": True}
    member = await session.get_one(
        StaffMember, staff_id, populate_existing=True, with_for_update=lock
    )
    if member.password_hash != checked:
        raise unauthorized(refusal)


async def set_password(session: AsyncSession, staff_id: int, hashed: str) -> None:
    """Set the person's password, given as a hash."""
    person = update(StaffMember).where(col(StaffMember.id) == staff_id)
    await session.execute(person.values(password_hash=hashed))


async def _set(session: AsyncSession, staff_id: int, hashed: str) -> None:
    await set_password(session, staff_id, hashed)
    await withdraw_links(session, [staff_id])
    await revoke_all(session, staff_id)


async def _check(password: str, person: StaffMember, *agency: str) -> None:
    if person.username in password.lower():
        raise validation(FieldError("password", "password_is_name"))
    await check_new_password(password, person.username, person.name, *agency)


def _good_link(token: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions on a valid link: not expired, and its person is still active."""
    here = select(col(StaffEntry.id)).where(col(StaffEntry.active))
    return (
        col(PasswordLink.token_hash) == token_hash(token),
        col(PasswordLink.expires_at) > func.now(),
        col(PasswordLink.staff_id).in_(here),
    )


def _person() -> Select[StaffMember, str, str]:
    """Select a person, with the name and code of their agency, and the link they may have."""
    return (
        select(StaffMember, col(Agency.name), col(Agency.code))
        .join(Agency, col(Agency.id) == col(StaffMember.agency_id))
        .outerjoin(PasswordLink, col(PasswordLink.staff_id) == col(StaffMember.id))
    )
