"""Sessions of staff. Ending them ends access tokens too, by a new version of the person's."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http.sessions import Sessions

SESSIONS = Sessions("routing", "session", "staff_id")


async def revoke_all(session: AsyncSession, staff_id: int) -> None:
    """End every session of a person, access tokens included."""
    await SESSIONS.end_all(session, staff_id)
    await session.execute(_NEW_VERSION, {"staff_id": staff_id})


_NEW_VERSION = text(
    "UPDATE routing.staff SET token_version = token_version + 1 WHERE id = :staff_id"
)
