"""Who is asking: tokens, the directory that can revoke them, partners, passwords."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
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
from shared.http.signing_keys import (
    KeyRefused,
    KeyRing,
    key_id_of,
    new_signing_key,
    public_key_of,
)
from shared.http.tokens import (
    InvalidTokenError,
    ReportBearer,
    Reporter,
    Staff,
    Tokens,
)
from shared.lifecycle.people import Role
from shared.settings import Settings
from tests.http.conftest import REPORTER_KEY, STAFF_KEY, Calling

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
    return Tokens.of(settings)


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
    calling: Calling, tokens: Tokens, directory: Database
) -> None:
    claimed = ADMIN.model_copy(update={"role": Role.CENTRAL_ADMIN, "agency_path": (1,)})
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
    calling: Calling, tokens: Tokens, directory: Database, change: str
) -> None:
    token = tokens.issue(ADMIN)
    async with calling(router) as client:
        assert (await client.get("/staff", headers=bearer(token))).status_code == 200
        async with directory.session() as session:
            await session.execute(text(change))
        answer = await client.get("/staff", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_each_door_lets_in_its_own_people_only(
    calling: Calling, tokens: Tokens, directory: Database
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
    calling: Calling, database: Database
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


def ring(signing: str, public: str = "") -> KeyRing:
    return KeyRing(
        public=public or public_key_of(signing),
        signing=signing,
        setting="PUBLIC",
        signing_setting="SIGNING",
    )


def test_a_token_is_good_for_its_time_and_its_key_only(tokens: Tokens) -> None:
    citizen, session_id = Reporter(account_id=9), uuid4()
    token = tokens.issue(citizen, session_id=session_id)
    assert tokens.read(token) == (citizen, session_id)
    assert jwt.get_unverified_header(token)["alg"] == "EdDSA"
    strangers = Tokens(staff=ring(new_signing_key()), reporters=ring(new_signing_key()))
    for bad in (
        tokens.issue(citizen, timedelta(seconds=-1)),
        strangers.issue(citizen),
        token[:-6] + "AAAAAA",
        "eyJhbGciOiJub25lIn0.eyJraW5kIjoicmVwb3J0ZXIifQ.",
        "",
    ):
        with pytest.raises(InvalidTokenError):
            tokens.read(bad)


def claims(**others: Any) -> dict[str, Any]:
    until = datetime.now(UTC) + timedelta(minutes=5)
    made = {"aud": "lapor", "iss": "lapor:intake", "sid": str(uuid4()), "exp": until}
    return {**ADMIN.model_dump(mode="json"), **made, **others}


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"iss": "lapor:routing"},
        {"kind": "reporter", "account_id": 9, "iss": "lapor:routing"},
        {"kind": "reporter", "account_id": 9, "aud": "lapor-device"},
        {"kind": "reporter", "account_id": 9, "sid": "no uuid"},
        {"kind": "reporter", "account_id": 9, "sid": 7},
        {"kind": "partner", "system": "sipgar"},
    ],
)
def test_who_has_intakes_key_makes_no_token_of_staff_or_of_anything_odd(
    tokens: Tokens, forged: dict[str, Any]
) -> None:
    raw = base64.urlsafe_b64decode(REPORTER_KEY + "=")
    key = Ed25519PrivateKey.from_private_bytes(raw)
    header = {"kid": key_id_of(public_key_of(REPORTER_KEY))}
    good = claims(kind="reporter", account_id=9)
    assert tokens.read(jwt.encode(good, key, "EdDSA", headers=header))
    with pytest.raises(InvalidTokenError):
        tokens.read(jwt.encode(claims(**forged), key, "EdDSA", headers=header))


@pytest.mark.parametrize(
    "kid",
    [None, "", "somebody", key_id_of(public_key_of(STAFF_KEY))],
    ids=["none", "empty", "unknown", "another's"],
)
def test_the_key_named_in_the_header_is_the_one_that_must_have_signed(
    tokens: Tokens, kid: str | None
) -> None:
    key = Ed25519PrivateKey.generate()
    header = {"kid": kid} if kid is not None else {}
    token = jwt.encode(claims(iss="lapor:routing"), key, "EdDSA", headers=header)
    with pytest.raises(InvalidTokenError):
        tokens.read(token)


def test_a_public_key_does_not_become_a_shared_secret(tokens: Tokens) -> None:
    public = public_key_of(STAFF_KEY)
    made = claims(iss="lapor:routing")
    for secret in (public, base64.urlsafe_b64decode(public + "=")):
        token = jwt.encode(made, secret, "HS256", headers={"kid": key_id_of(public)})
        with pytest.raises(InvalidTokenError):
            tokens.read(token)


def test_while_keys_change_tokens_of_both_hold_and_then_of_the_new_one_only() -> None:
    former, present, citizens = (new_signing_key() for _ in range(3))
    both = f"{public_key_of(present)}, {public_key_of(former)}"
    before = Tokens(staff=ring(former), reporters=ring(citizens))
    announced = Tokens(staff=ring(former, both), reporters=ring(citizens))
    changed = Tokens(staff=ring(present, both), reporters=ring(citizens))
    after = Tokens(staff=ring(present), reporters=ring(citizens))
    old, new = before.issue(ADMIN), changed.issue(ADMIN)
    for tokens in (announced, changed):
        assert tokens.read(old).principal == tokens.read(new).principal == ADMIN
    assert after.read(new).principal == ADMIN
    with pytest.raises(InvalidTokenError):
        after.read(old)


def test_a_process_signs_for_its_own_people_only_and_says_which_key_is_wrong() -> None:
    staff_key, citizens_key = new_signing_key(), new_signing_key()
    silent = KeyRing(public=public_key_of(staff_key), signing="", setting="P", signing_setting="S")
    intake = Tokens(staff=silent, reporters=ring(citizens_key))
    assert intake.read(intake.issue(Reporter(account_id=1)))
    with pytest.raises(KeyRefused, match="no key to sign for staff"):
        intake.issue(ADMIN)
    with pytest.raises(KeyRefused, match=r"SIGNING: its public key .* is not in PUBLIC"):
        ring(staff_key, public_key_of(citizens_key))
    with pytest.raises(KeyRefused, match="share a key"):
        Tokens(staff=ring(staff_key), reporters=ring(staff_key))
    for wrong in ("short", "ü" * 43, "A" * 44):
        with pytest.raises(KeyRefused, match="PUBLIC") as refused:
            ring(staff_key, wrong)
        assert wrong not in str(refused.value)


async def test_whose_session_ended_is_let_in_nowhere_and_others_are(
    calling: Calling, tokens: Tokens, directory: Database
) -> None:
    holders: dict[str, Staff | Reporter | ReportBearer] = {
        "/staff": ADMIN,
        "/reporter": Reporter(account_id=9),
        "/anybody": ReportBearer(number=1234),
    }
    async with calling(router) as client:
        for path, holder in holders.items():
            schema = "routing" if path == "/staff" else "intake"
            ended, other = uuid4(), uuid4()
            insert = text(f"INSERT INTO {schema}.published_ended_session VALUES (:id)")  # noqa: S608
            async with directory.session() as session:
                await session.execute(insert, {"id": ended})
            statuses = [
                (await client.get(path, headers=bearer(tokens.issue(holder, session_id=session))))
                for session in (ended, other)
            ]
            assert [answer.status_code for answer in statuses] == [401, 200], path
            assert statuses[0].json()["code"] == "token_invalid"


async def test_a_password_fits_its_own_hash_and_nobody_has_none() -> None:
    stored = await hash_password("rahasia sekali")
    assert await verify_password(stored, "rahasia sekali")
    assert not await verify_password(stored, "lain")
    assert not await verify_password(None, "nobody")
    assert not await verify_password("not a hash", "x")
    assert not needs_rehash(stored)
