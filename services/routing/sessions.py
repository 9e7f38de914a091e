"""Sessions of staff: refresh tokens by their hash, each used once; a second use ends them all."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.columns import now

LIFETIME = timedelta(days=14)


async def open_session(session: AsyncSession, staff_id: int) -> tuple[str, datetime]:
    """A new refresh token, known only to who gets it, and until when it can be used."""
    token, expires_at = secrets.token_urlsafe(32), now() + LIFETIME
    await session.execute(_SWEEP, {"staff_id": staff_id})
    parameters = {"id": uuid4(), "staff_id": staff_id, "hash": _hash(token), "until": expires_at}
    await session.execute(_OPEN, parameters)
    return token, expires_at


async def use_token(session: AsyncSession, token: str) -> int | None:
    """Whose token this is, marked as used. None for one that is unknown or expired, and for one
    used before: somebody has a copy, so all sessions of that person end."""
    staff_id = (await session.execute(_USE, {"hash": _hash(token)})).scalar_one_or_none()
    if staff_id is None:
        used_by = (await session.execute(_USED, {"hash": _hash(token)})).scalar_one_or_none()
        if used_by is not None:
            await revoke_all(session, used_by)
    return staff_id


async def close_session(session: AsyncSession, token: str) -> None:
    """The token cannot be used any more; one that is unknown is no error."""
    await session.execute(_CLOSE, {"hash": _hash(token)})


async def revoke_all(session: AsyncSession, staff_id: int) -> None:
    """End every session of a person, access tokens included."""
    await session.execute(_REVOKE, {"staff_id": staff_id})
    await session.execute(_NEW_VERSION, {"staff_id": staff_id})


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_OPEN = text(
    "INSERT INTO routing.session (id, staff_id, token_hash, expires_at)"
    " VALUES (:id, :staff_id, :hash, :until)"
)
_SWEEP = text("DELETE FROM routing.session WHERE staff_id = :staff_id AND expires_at < now()")
_USE = text(
    "UPDATE routing.session SET used_at = now()"
    " WHERE token_hash = :hash AND used_at IS NULL AND expires_at > now() RETURNING staff_id"
)
_USED = text(
    "SELECT staff_id FROM routing.session WHERE token_hash = :hash AND used_at IS NOT NULL"
)
_CLOSE = text("DELETE FROM routing.session WHERE token_hash = :hash AND used_at IS NULL")
_REVOKE = text("DELETE FROM routing.session WHERE staff_id = :staff_id")
_NEW_VERSION = text(
    "UPDATE routing.staff SET token_version = token_version + 1 WHERE id = :staff_id"
)
