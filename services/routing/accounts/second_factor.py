"""The second factor: codes of an authenticator (TOTP), and recovery codes for losing it."""

import hashlib
import hmac
import secrets
import time

import pyotp
from sqlalchemy import Delete, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.management_models import RecoveryCode, SecondFactor
from shared.clock import now
from shared.http.problems import conflict, unauthorized
from shared.privacy.identity import IdentityCipher

ISSUER = "LAPOR!"
RECOVERY_CODES = 10
_HALF_MINUTE = 30


async def in_use(session: AsyncSession, staff_id: int) -> bool:
    """Whether the person has a second factor."""
    factor = await session.get(SecondFactor, staff_id)
    return factor is not None and factor.confirmed_at is not None


async def check_code(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, code: str | None
) -> None:
    """Check the code and use it up; a recovery code works too. Does nothing for a person without a
    second factor. Raises a 401 if the code is missing or wrong."""
    factor = await _locked(session, staff_id)
    if factor is None or factor.confirmed_at is None:
        return
    if not code:
        raise unauthorized("second_factor_needed")
    step = _step_of(cipher.decrypt(factor.secret), code, after=factor.last_step)
    if step is not None:
        factor.last_step = step
        await session.flush()
        return
    recovery = await session.get(RecoveryCode, (staff_id, _hash(code)))
    if recovery is None:
        raise unauthorized("second_factor_wrong")
    await session.delete(recovery)
    await session.flush()


async def is_right(session: AsyncSession, cipher: IdentityCipher, staff_id: int, code: str) -> bool:
    """Whether the person has a second factor that accepts this code. The code is not used up."""
    factor = await _locked(session, staff_id)
    if factor is None or factor.confirmed_at is None:
        return False
    if _step_of(cipher.decrypt(factor.secret), code, after=factor.last_step) is not None:
        return True
    return await session.get(RecoveryCode, (staff_id, _hash(code))) is not None


async def enrol(session: AsyncSession, cipher: IdentityCipher, staff_id: int) -> str:
    """Return a new secret (base32), to be confirmed with a code of it. 409 if one is in use."""
    secret = pyotp.random_base32()
    row = {"staff_id": staff_id, "secret": cipher.encrypt(secret), "last_step": 0}
    begun = insert(SecondFactor).values(row)
    begun = begun.on_conflict_do_update(
        index_elements=["staff_id"],
        set_={"secret": begun.excluded.secret},
        where=col(SecondFactor.confirmed_at).is_(None),
    )
    if await session.scalar(begun.returning(col(SecondFactor.staff_id))) is None:
        raise conflict("second_factor_in_use")
    return secret


async def confirm(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, code: str
) -> list[str]:
    """Put the new secret into use and return the recovery codes, which nobody else knows. 401 for a
    wrong code, 409 if no secret waits to be confirmed."""
    factor = await _locked(session, staff_id)
    if factor is None or factor.confirmed_at is not None:
        raise conflict("second_factor_in_use" if factor else "second_factor_not_begun")
    step = _step_of(cipher.decrypt(factor.secret), code, after=0)
    if step is None:
        raise unauthorized("second_factor_wrong")
    # Saving the step uses the code up: a person who saw it typed cannot sign in with it.
    factor.confirmed_at, factor.last_step = now(), step
    codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
    await session.execute(_all_of(RecoveryCode, staff_id))
    session.add_all(RecoveryCode(staff_id=staff_id, code_hash=_hash(c)) for c in codes)
    await session.flush()
    return codes


async def forget(session: AsyncSession, staff_id: int) -> None:
    """Delete the person's second factor and recovery codes."""
    for table in (RecoveryCode, SecondFactor):
        await session.execute(_all_of(table, staff_id))


async def _locked(session: AsyncSession, staff_id: int) -> SecondFactor | None:
    """The present row, locked until the transaction ends."""
    return await session.get(SecondFactor, staff_id, with_for_update=True, populate_existing=True)


def _all_of(table: type[SecondFactor | RecoveryCode], staff_id: int) -> Delete:
    return delete(table).where(col(table.staff_id) == staff_id)


def uri(secret: str, username: str) -> str:
    """The address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def _step_of(secret: str, code: str, *, after: int) -> int | None:
    """The half minute to which this code belongs: the present one or one next to it, since clocks
    differ; never one up to `after`, so that a code works only once. None if it is wrong."""
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
