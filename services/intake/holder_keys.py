"""Contacts from before holders had keys of their own are carried over, a batch at a time.

It may stop at any moment and goes on where it was: a row without a key is one still to do.
"""

from sqlalchemy import select
from sqlmodel import SQLModel, col

from services.intake.models import ReporterAccount, Submission
from shared.database.engine import Database
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher

EVERY = 600.0
"""Seconds between two looks: while an upgrade is under way, old processes write such rows."""
BATCH = 200
FIELDS = ("name", "phone", "email", "nik")


async def carry_over(database: Database, cipher: IdentityCipher) -> int:
    """Give all holders a key, and encrypt by it what the identity keys encrypt; how many."""
    done = 0
    for table in (ReporterAccount, Submission):
        while count := await _batch(database, cipher, table):
            done += count
    return done


async def _batch(
    database: Database, cipher: IdentityCipher, table: type[ReporterAccount | Submission]
) -> int:
    columns: type[SQLModel] = table
    named = col(table.name).is_not(None) | col(table.phone).is_not(None)
    named |= col(table.email).is_not(None) | col(table.nik).is_not(None)
    to_do = (
        select(columns)
        .where(col(table.holder_key).is_(None), named)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    async with database.session() as session:
        rows = (await session.scalars(to_do)).all()
        for row in rows:
            own, wrapped = HolderCipher.new(cipher)
            for name in FIELDS:
                if (token := getattr(row, name)) is not None:
                    # An account without a name was once stored as nothing at all.
                    setattr(row, name, own.encrypt(cipher.decrypt(token)) if token else token)
            row.holder_key = wrapped
        return len(rows)
