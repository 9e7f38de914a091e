"""Sessions: refresh tokens by their hash, each used once; a second use means a copy."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.columns import now

LIFETIME = timedelta(days=14)


class Copied(Exception):
    """A token was used that had been used before: somebody has a copy of it."""

    def __init__(self, owner_id: int) -> None:
        super().__init__()
        self.owner_id = owner_id


class Sessions:
    """The sessions in a table: `id`, the owner, `token_hash`, `expires_at`, `used_at`."""

    def __init__(self, table: str, owner: str) -> None:
        self._open, self._sweep, self._use, self._used, self._close, self._end = (
            text(statement.format(table=table, owner=owner)) for statement in _STATEMENTS
        )

    async def open(self, session: AsyncSession, owner_id: int) -> tuple[str, datetime]:
        """A new refresh token, known only to who gets it, and until when it can be used."""
        token, expires_at = secrets.token_urlsafe(32), now() + LIFETIME
        await session.execute(self._sweep, {"owner": owner_id})
        parameters = {"id": uuid4(), "owner": owner_id, "hash": _hash(token), "until": expires_at}
        await session.execute(self._open, parameters)
        return token, expires_at

    async def use(self, session: AsyncSession, token: str) -> int | None:
        """Whose token this is, marked as used; None for one that is unknown or expired. Raises
        `Copied` for one used before: the caller ends all sessions of its owner."""
        hashed = {"hash": _hash(token)}
        owner: int | None = (await session.execute(self._use, hashed)).scalar_one_or_none()
        if owner is None:
            used_by = (await session.execute(self._used, hashed)).scalar_one_or_none()
            if used_by is not None:
                raise Copied(used_by)
        return owner

    async def close(self, session: AsyncSession, token: str) -> None:
        """The token cannot be used any more; one that is unknown is no error."""
        await session.execute(self._close, {"hash": _hash(token)})

    async def end_all(self, session: AsyncSession, owner_id: int) -> None:
        """None of a person's tokens can be used any more."""
        await session.execute(self._end, {"owner": owner_id})


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_STATEMENTS = (
    "INSERT INTO {table} (id, {owner}, token_hash, expires_at) VALUES (:id, :owner, :hash, :until)",
    "DELETE FROM {table} WHERE {owner} = :owner AND expires_at < now()",
    "UPDATE {table} SET used_at = now()"
    " WHERE token_hash = :hash AND used_at IS NULL AND expires_at > now() RETURNING {owner}",
    "SELECT {owner} FROM {table} WHERE token_hash = :hash AND used_at IS NOT NULL",
    "DELETE FROM {table} WHERE token_hash = :hash AND used_at IS NULL",
    "DELETE FROM {table} WHERE {owner} = :owner",
)
