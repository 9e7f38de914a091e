"""Sessions of staff. Ending them also ends access tokens, by raising the person's token version."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import EndedSession, StaffMember, StaffSession
from shared.http.sessions import Sessions

SESSIONS = Sessions(StaffSession, "staff_id", EndedSession)


async def revoke_all(session: AsyncSession, staff_id: int) -> None:
    """End all sessions of a person, including access tokens. The person is locked first, as when
    people are removed: otherwise the two could deadlock."""
    newer = {"token_version": col(StaffMember.token_version) + 1}
    await session.execute(update(StaffMember).where(col(StaffMember.id) == staff_id).values(newer))
    await SESSIONS.end_all(session, staff_id)
