"""The keys of sealed originals, encrypted anew when the identity keys change."""

from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from shared.database.engine import Database
from shared.database.sealed_originals import SealedOriginal
from shared.privacy.identity import IdentityCipher

_BATCH = 500


async def rotate(database: Database, cipher: IdentityCipher) -> int:
    """Encrypt all of them with the first key; how many. Raises `InvalidToken` where no key fits."""
    done, after = 0, UUID(int=0)
    id = col(SealedOriginal.attachment_id)
    sealed = select(id, col(SealedOriginal.data_key)).order_by(id)
    while True:
        async with database.session() as session:
            rows = (await session.execute(sealed.where(id > after).limit(_BATCH))).all()
            for attachment_id, data_key in rows:
                kept = update(SealedOriginal).where(id == attachment_id)
                await session.execute(kept.values(data_key=cipher.rotate(data_key)))
        if not rows:
            return done
        done, after = done + len(rows), rows[-1].attachment_id
