"""How Postgres carries out what a piece of work asks of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.engine import Database


async def plans_of(database: Database, work: Awaitable[object]) -> str:
    """The plans of all reads that the work makes, as `EXPLAIN` says them. Tables are small in
    tests, so none is read from end to end where an index can be used, and an index is read the
    plain way: a bitmap of it is named otherwise, and chosen by what is guessed of the rows."""
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await work
    event.remove(engine, "before_cursor_execute", note)
    async with database.engine.begin() as connection:
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        plans = [
            line
            for statement, parameters in asked
            if statement.lstrip().startswith(("SELECT", "WITH"))
            for (line,) in await connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        ]
    return "\n".join(plans)


async def planned_for_any(
    database: Database, work: Callable[[AsyncSession], Awaitable[object]]
) -> Sequence[str]:
    """The statements about reports that a connection plans once, for any values, when it does this
    work again and again and may do so whatever it costs."""
    async with database.engine.connect() as connection:
        await connection.execute(text("SET plan_cache_mode = force_generic_plan"))
        await connection.commit()
        for _ in range(5):
            async with AsyncSession(connection) as session, session.begin():
                await work(session)
        of_any = "SELECT statement FROM pg_prepared_statements WHERE generic_plans > 0"
        statements = (await connection.scalars(text(of_any))).all()
        await connection.invalidate()
    return [each for each in statements if any(table in each for table in _LARGE)]


_LARGE = ("lifecycle.report", "reporting.fact")
