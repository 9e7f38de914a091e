"""Who is asking: tokens, the directory that can revoke them, partners, passwords."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter
from sqlalchemy import text

from shared.database.engine import Database
from shared.http.auth import (
    CurrentReporter,
    CurrentStaff,
    OptionalPrincipal,
    new_partner_token,
)
from shared.http.passwords import hash_password, needs_rehash, verify_password
from shared.http.tokens import (
    InvalidTokenError,
    ReportBearer,
    Reporter,
    Staff,
    Tokens,
)
from shared.settings import Settings

router = APIRouter()


@router.get("/staff")
async def staff(who: CurrentStaff) -> Staff:
    return who


@router.get("/reporter")
async def reporter(who: CurrentReporter) -> dict[str, Any]:
    return who.model_dump()


@router.get("/anybody")
async def anybody(who: OptionalPrincipal) -> str | None:
    return who.kind if who else None


ADMIN = Staff(id=5, role="agency_admin", agency_id=3, agency_path=(1, 3), name="Wati")


@pytest.fixture
def tokens(settings: Settings) -> Tokens:
    return Tokens(settings.jwt_secret)


@pytest.fixture
async def directory(database: Database) -> Database:
    async with database.session() as session:
        await session.execute(text("DELETE FROM routing.staff_directory"))
        await session.execute(
            text(
                "INSERT INTO routing.staff_directory"
                " VALUES (5, 'Wati', 'agency_admin', 3, '{1,3}', true, 1)"
            )
        )
    return database


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_staff_are_who_the_directory_says_not_who_the_token_says(
    calling: Any, tokens: Tokens, directory: Database
) -> None:
    claimed = ADMIN.model_copy(update={"role": "central_admin", "agency_path": (1,)})
    async with calling(router) as client:
        answer = await client.get("/staff", headers=bearer(tokens.issue(claimed)))
    assert Staff.model_validate(answer.json()) == ADMIN


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE routing.staff_directory SET token_version = 2",
        "UPDATE routing.staff_directory SET active = false",
    ],
)
async def test_a_change_of_role_ends_the_tokens_at_once(
    calling: Any, tokens: Tokens, directory: Database, change: str
) -> None:
    token = tokens.issue(ADMIN)
    async with calling(router) as client:
        assert (await client.get("/staff", headers=bearer(token))).status_code == 200
        async with directory.session() as session:
            await session.execute(text(change))
        answer = await client.get("/staff", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_each_door_lets_in_its_own_people_only(
    calling: Any, tokens: Tokens, directory: Database
) -> None:
    async with calling(router) as client:

        async def status(path: str, token: str | None) -> int:
            headers = bearer(token) if token else {}
            return int((await client.get(path, headers=headers)).status_code)

        admin = tokens.issue(ADMIN)
        citizen = tokens.issue(Reporter(account_id=9))
        holder = tokens.issue(ReportBearer(number=1234))
        assert await status("/reporter", admin) == 403
        assert await status("/staff", citizen) == 403
        assert await status("/staff", None) == 401
        assert await status("/reporter", citizen) == 200
        assert await status("/reporter", holder) == 200
        assert await status("/anybody", None) == 200
        assert await status("/anybody", admin) == 200
        assert await status("/anybody", "forged") == 401


async def test_a_partner_comes_with_its_own_token_until_it_is_put_off(
    calling: Any, database: Database
) -> None:
    token, hashed = new_partner_token()
    insert = text("INSERT INTO intake.partner_directory VALUES ('sipgar', :hash, true)")
    async with database.session() as session:
        await session.execute(insert, {"hash": hashed})
    async with calling(router) as client:
        answer = await client.get("/reporter", headers=bearer(token))
        other = await client.get("/reporter", headers=bearer(new_partner_token()[0]))
        async with database.session() as session:
            await session.execute(text("UPDATE intake.partner_directory SET active = false"))
        later = await client.get("/reporter", headers=bearer(token))
    assert answer.json() == {"kind": "partner", "system": "sipgar"}
    assert (other.status_code, later.status_code) == (401, 401)


def test_a_token_is_good_for_its_time_its_use_and_its_secret_only(tokens: Tokens) -> None:
    citizen = Reporter(account_id=9)
    assert tokens.read(tokens.issue(citizen)) == citizen
    refresh = tokens.issue(citizen, timedelta(days=30), "refresh")
    assert tokens.read(refresh, "refresh") == citizen
    for bad in (
        refresh,
        tokens.issue(citizen, timedelta(seconds=-1)),
        Tokens("another secret of thirty-two byte").issue(citizen),
        "eyJhbGciOiJub25lIn0.eyJraW5kIjoicmVwb3J0ZXIifQ.",
    ):
        with pytest.raises(InvalidTokenError):
            tokens.read(bad)


async def test_a_password_fits_its_own_hash_and_nobody_has_none() -> None:
    stored = await hash_password("rahasia sekali")
    assert await verify_password(stored, "rahasia sekali")
    assert not await verify_password(stored, "lain")
    assert not await verify_password(None, "nobody")
    assert not await verify_password("not a hash", "x")
    assert not needs_rehash(stored)
