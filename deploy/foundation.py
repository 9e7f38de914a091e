"""What every system begins with: pusat, the guide's process times, the working calendar.

Nothing that is there is changed: `lapor migrate` lays what is missing each time, so that the next
year's holidays are there as soon as the package knows them.
"""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.engine import Database
from shared.decreed_days import decreed_days
from shared.lifecycle.policy import NATIONAL_DEFAULT

ROOT, ROOT_NAME = "pusat", "Admin Pusat"


async def lay(database_url: str) -> None:
    """Lay what is missing. `database_url` is of a role that writes schema `routing`."""
    database = Database(database_url, pool_size=1)
    try:
        async with database.session() as session:
            await session.execute(_ONE_AT_A_TIME)
            await session.execute(_PUSAT, {"code": ROOT, "name": ROOT_NAME})
            await lay_policy(session)
            await lay_closed_days(session)
    finally:
        await database.dispose()


async def lay_policy(session: AsyncSession) -> None:
    """The guide's process times, where none are set for the nation."""
    body = NATIONAL_DEFAULT.model_dump_json(exclude={"version"})
    await session.execute(_POLICY, {"body": body})


async def lay_closed_days(session: AsyncSession) -> None:
    """Last year's to next year's, as decreed so far; a year that has some is left alone."""
    this_year = datetime.now(UTC).year
    stored = set(await session.scalars(_YEARS))
    missing = sorted({this_year - 1, this_year, this_year + 1} - stored)
    rows = [{"day": day, "name": name} for day, name in decreed_days(missing).items()]
    if rows:
        await session.execute(_CLOSED_DAY, rows)


_ONE_AT_A_TIME = text("LOCK TABLE routing.agency IN SHARE ROW EXCLUSIVE MODE")
_PUSAT = text("""
INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active)
SELECT n, :code, :name, 'central', NULL, ARRAY[n], 'WIB', true
FROM nextval('routing.agency_id_seq') n WHERE NOT EXISTS (SELECT FROM routing.agency)
""")
_POLICY = text(
    "INSERT INTO routing.policy (body, valid_from) SELECT CAST(:body AS jsonb), '2000-01-01Z'"
    " WHERE NOT EXISTS (SELECT FROM routing.policy WHERE agency_id IS NULL)"
)
_YEARS = text("SELECT DISTINCT CAST(extract(year FROM day) AS int) FROM routing.closed_day")
_CLOSED_DAY = text("INSERT INTO routing.closed_day (day, name) VALUES (:day, :name)")
