"""Sessions: refresh tokens stored by their hash, each used once; a second use means a copy.

A session goes on through its refresh tokens under one id, which its access tokens carry. An ended
session is remembered as long as such an access token could still be used.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple, Protocol
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from shared.database.columns import now
from shared.http.secret_tokens import new_token, token_hash

LIFETIME = timedelta(days=14)
REMEMBERED = timedelta(hours=2)
"""Longer than any access token is valid."""
REPEATED_WITHIN = timedelta(minutes=10)
"""The time in which a renewal with the same key is the same one: pages of one browser renew side by
side."""
RenewalKey = Annotated[
    str | None,
    Field(
        min_length=32,
        max_length=200,
        repr=False,
        description="A secret that the caller chooses for this token only. The same request "
        "with it within ten minutes has the same outcome, as long as the next "
        "token is not used",
    ),
]
"""The field of a form that renews a session."""


class Copied(Exception):
    """A token was used a second time: somebody has a copy of it."""

    def __init__(self, owner_id: int) -> None:
        super().__init__()
        self.owner_id = owner_id


class Opened(NamedTuple):
    """A refresh token, known only to the person who gets it, when it expires, and its session."""

    token: str
    expires_at: datetime
    session_id: UUID


class Used(NamedTuple):
    """The owner and session of a used refresh token, and the next token if a key determines it."""

    owner_id: int
    session_id: UUID
    next_token: str | None


class Token(Protocol):
    """A row of a table of refresh tokens, by their hash."""

    id: UUID
    session_id: UUID
    token_hash: bytes
    expires_at: datetime
    used_at: datetime | None


class Ended(Protocol):
    """A row of a table of sessions that have ended."""

    id: UUID
    until: datetime


class Sessions:
    """The sessions of one kind of owner.

    Their tokens are in one table, with the owner's id in the column `owner`; ended sessions are in
    another.
    """

    def __init__(self, tokens: type[Token], owner: str, ended: type[Ended]) -> None:
        self._tokens, self._ended = tokens, ended
        self._owner_name, self._owner = owner, getattr(tokens, owner)

    async def open(self, session: AsyncSession, owner_id: int, used: Used | None = None) -> Opened:
        """A refresh token of a new session, or of the session of `used`."""
        tokens, expires_at = self._tokens, now() + LIFETIME
        token = (used and used.next_token) or new_token()[0]
        session_id = used.session_id if used else uuid4()
        expired = col(tokens.expires_at) < func.now()
        await session.execute(delete(tokens).where(self._owner == owner_id, expired))
        row = {
            "id": uuid4(),
            self._owner_name: owner_id,
            "session_id": session_id,
            "token_hash": token_hash(token),
            "expires_at": expires_at,
        }
        await session.execute(insert(tokens).values(row).on_conflict_do_nothing())
        return Opened(token, expires_at, session_id)

    async def use(
        self, session: AsyncSession, token: str, renewal_key: str | None = None
    ) -> Used | None:
        """The owner of this token, which is marked as used; None if it is unknown or expired.

        Raises `Copied` if it was used before: the caller then ends all sessions of its owner. If it
        is used again soon with the same key it leads to the same next token, as long as that one is
        not used.
        """
        tokens = self._tokens
        next_token = _next(token, renewal_key) if renewal_key else None
        this, used_at = col(tokens.token_hash) == token_hash(token), col(tokens.used_at)
        good = used_at.is_(None) & (col(tokens.expires_at) > func.now())
        marked = await session.execute(
            update(tokens)
            .where(this, good)
            .values(used_at=func.now())
            .returning(self._owner, col(tokens.session_id))
        )
        row = marked.one_or_none()
        if row is None and next_token:
            row = (await session.execute(self._repeated(token, next_token))).one_or_none()
        if row is None:
            used_by = await session.scalar(select(self._owner).where(this, used_at.is_not(None)))
            if used_by is not None:
                raise Copied(used_by)
            return None
        return Used(row[0], row[1], next_token)

    async def close(self, session: AsyncSession, token: str) -> None:
        """End the session of this refresh token, used or not, with its access tokens.

        An unknown token is no error.
        """
        tokens = self._tokens
        of_token = col(tokens.token_hash) == token_hash(token)
        session_id = await session.scalar(select(col(tokens.session_id)).where(of_token))
        if session_id is not None:
            # First wait for a renewal under way, whose new token a delete alone would not see.
            await session.scalars(self._locked(col(tokens.session_id) == session_id))
            await self._end(session, [session_id])

    async def end_all(self, session: AsyncSession, owner_id: int) -> None:
        """End all sessions of a person: none of their tokens can be used any more."""
        # Twice: the first waits for renewals under way, the second sees what they made.
        await session.scalars(self._locked(self._owner == owner_id))
        rows = await session.scalars(self._locked(self._owner == owner_id))
        await self._end(session, sorted(set(rows)))

    async def end(self, session: AsyncSession, session_id: UUID) -> None:
        """End a session that has no refresh token: its only access token becomes invalid."""
        await self._end(session, [session_id])

    def _repeated(self, token: str, next_token: str) -> Select[int, UUID]:
        tokens = self._tokens
        follows = aliased(tokens)
        return select(self._owner, col(tokens.session_id)).where(
            col(tokens.token_hash) == token_hash(token),
            col(tokens.used_at) > func.now() - REPEATED_WITHIN,
            col(follows.token_hash) == token_hash(next_token),
            col(follows.session_id) == col(tokens.session_id),
            col(follows.used_at).is_(None),
        )

    def _locked(self, which: ColumnElement[bool]) -> Select[UUID]:
        ids = select(col(self._tokens.session_id)).where(which)
        return ids.order_by(col(self._tokens.id)).with_for_update()

    async def _end(self, session: AsyncSession, session_ids: list[UUID]) -> None:
        tokens, ended = self._tokens, self._ended
        await session.execute(delete(tokens).where(col(tokens.session_id).in_(session_ids)))
        if session_ids:
            rows = [{"id": id, "until": now() + REMEMBERED} for id in session_ids]
            await session.execute(insert(ended).values(rows).on_conflict_do_nothing())
        await session.execute(delete(ended).where(col(ended.until) < func.now()))


def _next(token: str, key: str) -> str:
    """The next token, which needs both values. In base64url, like a random token."""
    made = hmac.digest(key.encode(), b"next refresh token\0" + token.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
