"""Saving what has a name of its own, which another admin may give at the same moment."""

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http.problems import conflict


async def save(session: AsyncSession, row: object, taken: str) -> None:
    """Save a new row; 409 with the code `taken` where its name is given already."""
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise conflict(taken) from None
        raise
