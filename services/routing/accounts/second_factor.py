"""The second factor: codes of an authenticator (TOTP), and recovery codes for anyone who lost
it."""

import hashlib
import hmac
import secrets
import time

import pyotp
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http.problems import conflict, unauthorized
from shared.identity import IdentityCipher

ISSUER = "LAPOR!"
RECOVERY_CODES = 10
_HALF_MINUTE = 30


async def in_use(session: AsyncSession, staff_id: int) -> bool:
    """Whether the person has a second factor."""
    return bool(await session.scalar(_IN_USE, {"id": staff_id}))


async def check_code(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, code: str | None
) -> None:
    """Nothing for anyone who has no second factor. Otherwise the code, or a recovery code, is
    used up; 401 without one or with a wrong one."""
    row = (await session.execute(_SECRET, {"id": staff_id})).one_or_none()
    if row is None or row.confirmed_at is None:
        return
    if not code:
        raise unauthorized("second_factor_needed")
    step = _step_of(cipher.decrypt(row.secret), code, after=row.last_step)
    if step is not None:
        await session.execute(_USED, {"id": staff_id, "step": step})
        return
    used = await session.execute(_RECOVER, {"id": staff_id, "hash": _hash(code)})
    if not used.rowcount:  # type: ignore[attr-defined]
        raise unauthorized("second_factor_wrong")


async def is_right(session: AsyncSession, cipher: IdentityCipher, staff_id: int, code: str) -> bool:
    """Whether the person has a second factor, and the code would be taken; it is not used up."""
    row = (await session.execute(_SECRET, {"id": staff_id})).one_or_none()
    if row is None or row.confirmed_at is None:
        return False
    if _step_of(cipher.decrypt(row.secret), code, after=row.last_step) is not None:
        return True
    return bool(await session.scalar(_RECOVERS, {"id": staff_id, "hash": _hash(code)}))


async def enrol(session: AsyncSession, cipher: IdentityCipher, staff_id: int) -> str:
    """A new secret (base32), in use once a code of it is confirmed. 409 if there is one in use."""
    secret = pyotp.random_base32()
    given = {"id": staff_id, "secret": cipher.encrypt(secret)}
    if (await session.execute(_ENROL, given)).one_or_none() is None:
        raise conflict("second_factor_in_use")
    return secret


async def confirm(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, code: str
) -> list[str]:
    """Take the new secret into use, and give the recovery codes, known to nobody else.
    401 for a wrong code, 409 where nothing waits to be confirmed."""
    row = (await session.execute(_SECRET, {"id": staff_id})).one_or_none()
    if row is None or row.confirmed_at is not None:
        raise conflict("second_factor_in_use" if row else "second_factor_not_begun")
    step = _step_of(cipher.decrypt(row.secret), code, after=0)
    if step is None:
        raise unauthorized("second_factor_wrong")
    # With the step: whoever saw this code typed does not sign in with it.
    await session.execute(_CONFIRM, {"id": staff_id, "step": step})
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
    await session.execute(_FORGET_CODES, {"id": staff_id})
    await session.execute(_KEEP, [{"id": staff_id, "hash": _hash(one)} for one in codes])
    return codes


async def forget(session: AsyncSession, staff_id: int) -> None:
    """The person has no second factor any more."""
    await session.execute(_FORGET_CODES, {"id": staff_id})
    await session.execute(_FORGET, {"id": staff_id})


def uri(secret: str, username: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The half minute whose code this is: the present one, or one beside it for clocks that
    differ; never one up to `after`, so that a code is good once."""
    digits = "".join(code.split())
    present = int(time.time()) // _HALF_MINUTE
    authenticator = pyotp.TOTP(secret)
    for step in (present, present - 1, present + 1):
        expected = authenticator.generate_otp(step)
        if step > after and hmac.compare_digest(expected.encode(), digits.encode()):
            return step
    return None


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.strip().lower().encode()).digest()


_IN_USE = text(
    "SELECT EXISTS (SELECT FROM routing.second_factor"
    " WHERE staff_id = :id AND confirmed_at IS NOT NULL)"
)
_SECRET = text(
    "SELECT secret, confirmed_at, last_step FROM routing.second_factor WHERE staff_id = :id"
    " FOR UPDATE"
)
_USED = text("UPDATE routing.second_factor SET last_step = :step WHERE staff_id = :id")
_RECOVER = text("DELETE FROM routing.recovery_code WHERE staff_id = :id AND code_hash = :hash")
_RECOVERS = text(
    "SELECT true FROM routing.recovery_code WHERE staff_id = :id AND code_hash = :hash"
)
_ENROL = text(
    "INSERT INTO routing.second_factor AS f (staff_id, secret, last_step) VALUES (:id, :secret, 0)"
    " ON CONFLICT (staff_id) DO UPDATE SET secret = excluded.secret WHERE f.confirmed_at IS NULL"
    " RETURNING 1"
)
_CONFIRM = text(
    "UPDATE routing.second_factor SET confirmed_at = now(), last_step = :step WHERE staff_id = :id"
)
_KEEP = text("INSERT INTO routing.recovery_code (staff_id, code_hash) VALUES (:id, :hash)")
_FORGET_CODES = text("DELETE FROM routing.recovery_code WHERE staff_id = :id")
_FORGET = text("DELETE FROM routing.second_factor WHERE staff_id = :id")
