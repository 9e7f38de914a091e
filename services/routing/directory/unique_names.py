"""Saving rows with a unique name, which another admin may use at the same moment."""

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.http.problems import conflict


async def save(session: AsyncSession, row: object, taken: str) -> None:
    """Save a new row; 409 with the code `taken` if its name is already used."""
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise conflict(taken) from None
        raise
