"""Sessions: refresh tokens by their hash, each used once; a second use means a copy.

A session goes on through its refresh tokens under one id, which its access tokens carry; one that
was ended is remembered for as long as such a token could still be shown."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.columns import now

LIFETIME = timedelta(days=14)
REMEMBERED = timedelta(hours=2)
"""More than any access token lasts."""


class Copied(Exception):
    """A token was used that had been used before: somebody has a copy of it."""

    def __init__(self, owner_id: int) -> None:
        super().__init__()
        self.owner_id = owner_id


class Opened(NamedTuple):
    """A refresh token, known only to the person who gets it, until when it can be used, and its
    session."""

    token: str
    expires_at: datetime
    session_id: UUID


class Used(NamedTuple):
    """Whose refresh token it was, and of which session."""

    owner_id: int
    session_id: UUID


class Sessions:
    """The sessions in a table `id`, the owner, `session_id`, `token_hash`, `expires_at`,
    `used_at`; those that ended in `<schema>.ended_session`."""

    def __init__(self, schema: str, table: str, owner: str) -> None:
        names = {"schema": schema, "table": f"{schema}.{table}", "owner": owner}
        self._open, self._sweep, self._use, self._used, self._find, self._lock = (
            text(statement.format(**names)) for statement in _STATEMENTS
        )
        self._lock_all, self._forget, self._ended, self._sweep_ended = (
            text(statement.format(**names)) for statement in _ENDING
        )

    async def open(
        self, session: AsyncSession, owner_id: int, session_id: UUID | None = None
    ) -> Opened:
        """A refresh token of a new session, or of the one that goes on."""
        token, expires_at = secrets.token_urlsafe(32), now() + LIFETIME
        session_id = session_id or uuid4()
        await session.execute(self._sweep, {"owner": owner_id})
        parameters = {"id": uuid4(), "owner": owner_id, "hash": _hash(token), "until": expires_at}
        await session.execute(self._open, {**parameters, "session_id": session_id})
        return Opened(token, expires_at, session_id)

    async def use(self, session: AsyncSession, token: str) -> Used | None:
        """Whose token this is, marked as used; None for one that is unknown or expired. Raises
        `Copied` for one used before: the caller ends all sessions of its owner."""
        hashed = {"hash": _hash(token)}
        row = (await session.execute(self._use, hashed)).one_or_none()
        if row is None:
            used_by = (await session.execute(self._used, hashed)).scalar_one_or_none()
            if used_by is not None:
                raise Copied(used_by)
            return None
        return Used(*row)

    async def close(self, session: AsyncSession, token: str) -> None:
        """End the session of this refresh token, used or not, access tokens included; one that
        is unknown is no error."""
        found = await session.scalar(self._find, {"hash": _hash(token)})
        if found is not None:
            # First wait for a renewal under way, whose new token a delete alone would not see.
            await session.execute(self._lock, {"session_id": found})
            await self._end(session, [found])

    async def end_all(self, session: AsyncSession, owner_id: int) -> None:
        """None of a person's tokens can be used any more."""
        # Twice: the first waits for renewals under way, the second sees what they made.
        await session.execute(self._lock_all, {"owner": owner_id})
        rows = await session.scalars(self._lock_all, {"owner": owner_id})
        await self._end(session, sorted(set(rows)))

    async def end(self, session: AsyncSession, session_id: UUID) -> None:
        """End a session that has no refresh token: its one access token is worth nothing."""
        await self._end(session, [session_id])

    async def _end(self, session: AsyncSession, session_ids: list[UUID]) -> None:
        ids = {"ids": session_ids}
        await session.execute(self._forget, ids)
        await session.execute(self._ended, {**ids, "until": now() + REMEMBERED})
        await session.execute(self._sweep_ended)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


_STATEMENTS = (
    "INSERT INTO {table} (id, {owner}, session_id, token_hash, expires_at)"
    " VALUES (:id, :owner, :session_id, :hash, :until)",
    "DELETE FROM {table} WHERE {owner} = :owner AND expires_at < now()",
    "UPDATE {table} SET used_at = now() WHERE token_hash = :hash AND used_at IS NULL"
    " AND expires_at > now() RETURNING {owner}, session_id",
    "SELECT {owner} FROM {table} WHERE token_hash = :hash AND used_at IS NOT NULL",
    "SELECT session_id FROM {table} WHERE token_hash = :hash",
    "SELECT FROM {table} WHERE session_id = :session_id ORDER BY id FOR UPDATE",
)
_ENDING = (
    "SELECT session_id FROM {table} WHERE {owner} = :owner ORDER BY id FOR UPDATE",
    "DELETE FROM {table} WHERE session_id = ANY (:ids)",
    "INSERT INTO {schema}.ended_session (id, until)"
    " SELECT id, CAST(:until AS timestamptz) FROM unnest(CAST(:ids AS uuid[])) AS ended (id)"
    " ON CONFLICT DO NOTHING",
    "DELETE FROM {schema}.ended_session WHERE until < now()",
)
