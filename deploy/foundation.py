"""The data that every system begins with: pusat, the guide's process times, the working calendar,
usual abbreviations, and everyday words for categories.

Existing data is not changed. `lapor migrate` adds what is missing each time, so that the next
year's holidays are added as soon as the package knows them.
"""

import csv
from datetime import UTC, datetime
from importlib import resources

from sqlalchemy import Integer, cast, extract, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.directory.agencies import ONE_AT_A_TIME, add_agency
from services.routing.directory.decreed_days import decreed_days
from services.routing.finding_models import Abbreviation, CategoryAlias
from services.routing.management_models import ManagementEntry
from services.routing.models import Agency, Category, ClosedDay, PolicyVersion
from shared.database.engine import Database
from shared.lifecycle.policy import NATIONAL_DEFAULT

ROOT, ROOT_NAME = "pusat", "Admin Pusat"


async def add_missing(database_url: str) -> None:
    """Add what is missing. `database_url` is of a role that writes schema `routing`."""
    database = Database(database_url, pool_size=1)
    try:
        async with database.session() as session:
            await session.execute(ONE_AT_A_TIME)
            await add_root(session)
            await add_policy(session)
            await add_closed_days(session)
            await add_abbreviations(session)
            await add_category_aliases(session)
    finally:
        await database.dispose()


async def add_root(session: AsyncSession) -> None:
    """Add pusat if there is no agency yet."""
    if await session.scalar(select(col(Agency.id)).limit(1)) is None:
        pusat = {"code": ROOT, "name": ROOT_NAME, "kind": "central", "zone": "WIB"}
        await add_agency(session, pusat, above=())


async def add_policy(session: AsyncSession) -> None:
    """Add the guide's process times if none are set for the nation."""
    national = select(col(PolicyVersion.version)).where(col(PolicyVersion.agency_id).is_(None))
    if await session.scalar(national.limit(1)) is None:
        body = NATIONAL_DEFAULT.model_dump(mode="json", exclude={"version"})
        session.add(PolicyVersion(body=body, valid_from=datetime(2000, 1, 1, tzinfo=UTC)))
        await session.flush()


async def add_closed_days(session: AsyncSession) -> None:
    """Add the holidays of last year to next year, as decreed so far; a year that has some is not
    changed."""
    this_year = datetime.now(UTC).year
    year = cast(extract("year", col(ClosedDay.day)), Integer)
    stored = set(await session.scalars(select(year).distinct()))
    missing = sorted({this_year - 1, this_year, this_year + 1} - stored)
    decreed = decreed_days(missing).items()
    session.add_all(ClosedDay(day=day, name=name) for day, name in decreed)
    await session.flush()


async def add_abbreviations(session: AsyncSession) -> None:
    """Add common abbreviations of offices and their work that are missing."""
    usual = resources.files("deploy").joinpath("abbreviations.csv").read_text()
    rows = list(csv.DictReader(usual.splitlines()))
    await session.execute(insert(Abbreviation).values(rows).on_conflict_do_nothing())


async def add_category_aliases(session: AsyncSession) -> None:
    """Add everyday words for the usual categories, unless a category has such words already, or had
    some that pusat has removed."""
    there = select(col(CategoryAlias.alias)).limit(1)
    kept = select(col(ManagementEntry.id)).where(
        col(ManagementEntry.kind) == "category",
        col(ManagementEntry.details)["aliases_changed"].astext.is_not(None),
    )
    laid = await session.scalar(there) or await session.scalar(kept.limit(1))
    if laid is None:
        usual = resources.files("deploy").joinpath("category_aliases.csv").read_text()
        rows = await session.execute(select(col(Category.code), col(Category.id)))
        ids = {row.code: row.id for row in rows}
        session.add_all(
            CategoryAlias(category_id=ids[row["code"]], alias=alias)
            for row in csv.DictReader(usual.splitlines())
            if row["code"] in ids
            for alias in row["aliases"].split(";")
        )
        await session.flush()
