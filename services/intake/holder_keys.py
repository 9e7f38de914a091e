"""Gives older accounts and reports their own keys, in batches.

It can be stopped at any time and continues where it was: a row without a key is still to be done.
"""

from typing import Final

from sqlalchemy import select
from sqlmodel import col

from services.intake.models import ReporterAccount, Submission
from shared.database.engine import Database
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher, InvalidToken
from shared.resilience.set_aside import count_set_aside

EVERY: Final = 600.0
"""Seconds between two looks: during an upgrade, old processes write such rows."""
BATCH: Final = 200
FIELDS: Final = ("name", "phone", "email", "nik")

Holder = ReporterAccount | Submission


async def carry_over(database: Database, cipher: IdentityCipher) -> int:
    """Give each holder a key of its own, and encrypt with it what was encrypted with the identity
    keys. Returns how many were done. Rows that no identity key can decrypt stay unchanged."""
    done = 0
    for table in (ReporterAccount, Submission):
        after: int | None = 0
        while after is not None:
            carried, after = await _batch(database, cipher, table, after)
            done += carried
    return done


def carry(row: Holder, cipher: IdentityCipher) -> None:
    """Give a holder a key of its own, and encrypt with it what was encrypted with the identity
    keys."""
    own, wrapped = HolderCipher.new(cipher)
    tokens = {name: token for name in FIELDS if (token := getattr(row, name))}
    opened = {name: cipher.decrypt(token) for name, token in tokens.items()}
    for name, text in opened.items():
        setattr(row, name, own.encrypt(text))
    row.holder_key = wrapped


async def _batch(
    database: Database, cipher: IdentityCipher, table: type[Holder], after: int
) -> tuple[int, int | None]:
    """Do one batch. Returns how many were done, and the last row; None if there was none."""
    own_id = col(Submission.number) if table is Submission else col(ReporterAccount.id)
    named = col(table.name).is_not(None) | col(table.phone).is_not(None)
    named |= col(table.email).is_not(None) | col(table.nik).is_not(None)
    to_do = (
        select(table)
        .where(col(table.holder_key).is_(None), named, own_id > after)
        .order_by(own_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    carried, last = 0, None
    async with database.session() as session:
        for row in await session.scalars(to_do):
            assert isinstance(row, ReporterAccount | Submission)
            last = row.number if isinstance(row, Submission) else row.id
            try:
                carry(row, cipher)
            except InvalidToken:
                count_set_aside("carrying over contacts", "InvalidToken", last)
            else:
                carried += 1
    return carried, last
