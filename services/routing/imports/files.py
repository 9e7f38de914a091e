"""Keeps a checked spreadsheet for the person who sent it until it is imported: for an hour at most,
and encrypted, since it holds names."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.management_models import ImportFile
from shared.database.columns import now
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher, InvalidToken

KEPT = timedelta(hours=1)
LOOK_EVERY = 300.0
"""Seconds between two searches for files whose time is up."""


@dataclass(frozen=True)
class KeptImports:
    """The files of dry runs that found no fault."""

    database: Database
    cipher: IdentityCipher

    async def keep(self, import_id: UUID, content: bytes) -> None:
        encrypted = await asyncio.to_thread(self.cipher.encrypt_bytes, content)
        kept = ImportFile(import_id=import_id, content=encrypted, expires_at=now() + KEPT)
        async with self.database.session() as session:
            session.add(kept)

    async def take(self, session: AsyncSession, import_id: UUID) -> bytes | None:
        """Return the file and delete it in this transaction; None if there is none (any more), or
        if no present key decrypts it."""
        this = col(ImportFile.import_id) == import_id, col(ImportFile.expires_at) > now()
        taken = delete(ImportFile).where(*this).returning(col(ImportFile.content))
        encrypted = await session.scalar(taken)
        if encrypted is None:
            return None
        try:
            return await asyncio.to_thread(self.cipher.decrypt_bytes, encrypted)
        except InvalidToken:
            return None

    async def forget_expired(self) -> int:
        """Delete the files whose time is up and return how many there were."""
        async with self.database.autocommit() as connection:
            expired = delete(ImportFile).where(col(ImportFile.expires_at) <= now())
            return int((await connection.execute(expired)).rowcount)
