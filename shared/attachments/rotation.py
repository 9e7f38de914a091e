"""The keys of sealed originals, encrypted anew when the identity keys change."""

from uuid import UUID

from sqlalchemy import text

from shared.database.engine import Database
from shared.identity import IdentityCipher

_BATCH = 500


async def rotate(database: Database, cipher: IdentityCipher) -> int:
    """Encrypt all of them with the first key; how many. Raises `InvalidToken` where no key fits."""
    done, after = 0, UUID(int=0)
    while True:
        async with database.session() as session:
            rows = (await session.execute(_NEXT, {"after": after, "most": _BATCH})).all()
            for row in rows:
                rotated = cipher.rotate(bytes(row.data_key))
                await session.execute(_KEEP, {"id": row.attachment_id, "data_key": rotated})
        if not rows:
            return done
        done, after = done + len(rows), rows[-1].attachment_id


_NEXT = text(
    "SELECT attachment_id, data_key FROM lifecycle.sealed_original"
    " WHERE attachment_id > :after ORDER BY attachment_id LIMIT :most"
)
_KEEP = text("UPDATE lifecycle.sealed_original SET data_key = :data_key WHERE attachment_id = :id")
