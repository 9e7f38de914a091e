"""Choosing a password: by a one-time link from an admin, or by oneself while signed in."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.routing.accounts.sessions import revoke_all
from shared.database.columns import now
from shared.http.auth import CurrentStaff
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, client_address, rate_limits
from shared.http.password_strength import SHORTEST, check_new_password
from shared.http.passwords import hash_password, verify_password
from shared.http.problems import FieldError, conflict, validation
from shared.http.transaction import CurrentDatabase
from shared.words import Form

LIFETIME = timedelta(days=3)
PER_ADDRESS = Limit("password_link_address", count=30, seconds=300)
PER_PERSON = Limit("password_change", count=10, seconds=300)

Password = Annotated[str, StringConstraints(min_length=SHORTEST, max_length=200)]


class OneTimeLink(BaseModel):
    """Shown once, to the admin who hands it on: nothing else can open it again."""

    url: str
    expires_at: datetime


class ByLink(Form):
    token: str = Field(min_length=1, max_length=200)
    password: Password


class OwnPassword(Form):
    present: str = Field(min_length=1, max_length=200)
    password: Password


router = APIRouter(tags=["sign-in"], responses=problem_responses(422, 429))


@router.post("/password/by-link", status_code=204, responses=problem_responses(409))
async def choose_password(form: ByLink, request: Request, database: CurrentDatabase) -> None:
    """Choose a password with a one-time link. All sessions of before end."""
    await rate_limits(request).take(PER_ADDRESS, client_address(request))
    known = {"hash": _hash(form.token)}
    async with database.session() as session:
        person = (await session.execute(_OF_LINK, known)).one_or_none()
    if person is None:
        raise conflict("password_link_used")
    await _check(form.password, person)
    hashed = await hash_password(form.password)
    async with database.session() as session:
        if (await session.execute(_USE, known)).one_or_none() is None:
            raise conflict("password_link_used")
        await _set(session, person.id, hashed)


@router.post("/me/password", status_code=204, responses=problem_responses(401, 403))
async def change_own_password(
    form: OwnPassword, staff: CurrentStaff, request: Request, database: CurrentDatabase
) -> None:
    """Change the own password. All sessions end, this one too: sign in with the new one."""
    await rate_limits(request).take(PER_PERSON, str(staff.id))
    async with database.session() as session:
        row = (await session.execute(_OWN, {"id": staff.id})).one()
    if not await verify_password(row.password_hash, form.present):
        raise validation(FieldError("present", "password_wrong"))
    await _check(form.password, row)
    hashed = await hash_password(form.password)
    async with database.session() as session:
        await _set(session, staff.id, hashed)


async def make_link(session: AsyncSession, base_url: str, staff_id: int) -> OneTimeLink:
    """A new link for a person; the one before, if any, is worth nothing any more."""
    token, expires_at = secrets.token_urlsafe(32), now() + LIFETIME
    given = {"staff_id": staff_id, "hash": _hash(token), "expires_at": expires_at}
    await session.execute(_MAKE, given)
    return OneTimeLink(url=f"{base_url}/panel/sandi?kunci={token}", expires_at=expires_at)


async def withdraw_links(session: AsyncSession, staff_ids: Collection[int]) -> None:
    """Links that these people have not used are worth nothing any more: whoever was given one to
    hand on may not manage them from now on."""
    await session.execute(_WITHDRAW, {"ids": list(staff_ids)})


async def take_password(session: AsyncSession, staff_id: int) -> None:
    """The person cannot sign in until a link is used; all sessions end."""
    await session.execute(_SET, {"id": staff_id, "hash": ""})
    await revoke_all(session, staff_id)


async def _set(session: AsyncSession, staff_id: int, hashed: str) -> None:
    await session.execute(_SET, {"id": staff_id, "hash": hashed})
    await withdraw_links(session, [staff_id])
    await revoke_all(session, staff_id)


async def _check(password: str, person: Row[Any]) -> None:
    if person.username in password.lower():
        raise validation(FieldError("password", "password_is_name"))
    await check_new_password(
        password, person.username, person.name, person.agency_name, person.agency_code
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_PERSON = (
    "SELECT s.id, s.username, s.name, s.password_hash, a.name AS agency_name, a.code AS agency_code"
    " FROM routing.staff s JOIN routing.agency a ON a.id = s.agency_id"
)
_OF_LINK = text(
    f"{_PERSON} JOIN routing.password_link l ON l.staff_id = s.id"
    " JOIN routing.staff_directory d ON d.id = s.id AND d.active"
    " WHERE l.token_hash = :hash AND l.expires_at > now()"
)
_USE = text(
    "DELETE FROM routing.password_link l USING routing.staff_directory d, routing.staff s"
    " WHERE l.token_hash = :hash AND l.expires_at > now() AND d.id = l.staff_id AND d.active"
    " AND s.id = d.id RETURNING s.id, s.username"
)
_MAKE = text(
    "INSERT INTO routing.password_link (staff_id, token_hash, expires_at)"
    " VALUES (:staff_id, :hash, :expires_at) ON CONFLICT (staff_id)"
    " DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at"
)
_WITHDRAW = text("DELETE FROM routing.password_link WHERE staff_id = ANY (:ids)")
_OWN = text(f"{_PERSON} WHERE s.id = :id")
_SET = text("UPDATE routing.staff SET password_hash = :hash WHERE id = :id")
