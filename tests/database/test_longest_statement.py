"""A statement that waits too long is ended, and the database counts as away."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from services.intake import app as intake_app
from shared.database.engine import Database
from shared.resilience.away import DATABASE_AWAY
from shared.settings import Settings

Address = Callable[[str], str]


async def test_who_waits_for_a_lock_is_told_so(fresh_database: Address) -> None:
    url = fresh_database("lapor_owner")
    holder, patient = Database(url), Database(url, longest_statement=0.2)
    insert = text(
        "INSERT INTO intake.social_post (network, post_id, number, position, url)"
        " SELECT 'x', '1', 1, 1, 'https://x.com/i/status/1' WHERE false"
    )
    async with holder.session() as locked:
        await locked.execute(text("LOCK TABLE intake.social_post"))
        with pytest.raises(DATABASE_AWAY):
            async with patient.session() as waiting:
                await waiting.execute(insert)
    async with patient.session() as session:
        await session.execute(insert)
    await holder.dispose()
    await patient.dispose()


async def test_intake_waits_half_a_minute(settings_for: Callable[[str], Settings]) -> None:
    app = intake_app.make_app(settings_for("lapor_intake"))
    database: Database = app.state.database
    async with database.session() as session:
        limit = await session.scalar(text("SHOW statement_timeout"))
    await database.dispose()
    assert limit == "30s"
