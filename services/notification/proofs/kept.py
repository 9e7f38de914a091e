"""Stores a proof for intake, which uses it once, by a token."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.code_limits import CODE_LASTS
from services.notification.models import AccountProof, Recovery
from shared.clock import now
from shared.http.secret_tokens import new_token


async def keep_by_token(
    session: AsyncSession, table: type[AccountProof] | type[Recovery], **shown: Any
) -> str:
    """Store the proof and return its token, valid for ten minutes. For the columns, see the
    tables."""
    await session.execute(delete(table).where(col(table.until) < now()))
    token, hashed = new_token()
    session.add(table(token_hash=hashed, until=now() + CODE_LASTS, **shown))
    return token
