"""Sessions of staff. Ending them ends access tokens too, by a new version of the person's."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import EndedSession, StaffMember, StaffSession
from shared.http.sessions import Sessions

SESSIONS = Sessions(StaffSession, "staff_id", EndedSession)


async def revoke_all(session: AsyncSession, staff_id: int) -> None:
    """End every session of a person, access tokens included. The person first, as whoever removes
    them: two at once would wait in a circle."""
    newer = {"token_version": col(StaffMember.token_version) + 1}
    await session.execute(update(StaffMember).where(col(StaffMember.id) == staff_id).values(newer))
    await SESSIONS.end_all(session, staff_id)
