"""The request's transaction, committed before the answer leaves."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.engine import Database


async def database(request: Request) -> Database:
    """The application's database, for work that needs several transactions (commands)."""
    database: Database = request.app.state.database
    return database


CurrentDatabase = Annotated[Database, Depends(database)]


async def transaction(database: CurrentDatabase) -> AsyncIterator[AsyncSession]:
    """One transaction for the endpoint: committed when it returns, rolled back when it raises."""
    async with database.session() as session:
        yield session


# "function": the commit happens before the answer is sent, so that a success stays a success.
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
