"""Loads the demo: agencies, staff, reference data, holidays. Existing data is not changed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.demo.country import AGENCIES, ALIASES, BY_CODE, CATEGORIES, PROGRAMMES, STAFF
from deploy.foundation import (
    add_abbreviations,
    add_category_aliases,
    add_closed_days,
    add_policy,
)
from services.routing.finding_models import AgencyAlias
from services.routing.models import Agency, Category, Programme, StaffMember, Tag
from shared.database.engine import Database
from shared.http.passwords import hash_password
from shared.labels import label


async def load(database_url: str, password: str) -> Sequence[tuple[str, str]]:
    """Load what is missing, in one transaction, and return the sign-ins to show: user name and
    description. `database_url` is of a role that writes schema `routing`."""
    database = Database(database_url, pool_size=1)
    try:
        async with database.session() as session:
            await session.execute(_ONE_AT_A_TIME)
            await _staff(session, await _agencies(session), password)
            await _categories(session)
            await _programmes(session)
            await add_policy(session)
            await add_closed_days(session)
            await add_abbreviations(session)
            await add_category_aliases(session)
    finally:
        await database.dispose()
    return [
        (person.username, f"{label('role', person.role)}, {BY_CODE[person.agency].name}")
        for person in STAFF
        if person.shown
    ]


async def _agencies(session: AsyncSession) -> Mapping[str, list[int]]:
    """Add missing agencies; return the path of each agency by code: ids from pusat down to its
    own."""
    paths = {row.code: row.path for row in await session.scalars(select(Agency))}
    for agency in AGENCIES:
        if agency.code not in paths:
            above = paths[agency.parent] if agency.parent else []
            row = Agency(
                code=agency.code,
                name=agency.name,
                kind=agency.kind,
                parent_id=above[-1] if above else None,
                path=above,
                zone=agency.zone,
            )
            row.path = paths[agency.code] = [*above, await _add(session, row)]
            others = ALIASES.get(agency.code, ())
            session.add_all(AgencyAlias(agency_id=row.id, alias=alias) for alias in others)
    return paths


async def _staff(session: AsyncSession, paths: Mapping[str, list[int]], password: str) -> None:
    present = {row.username for row in await session.scalars(select(StaffMember))}
    missing = [person for person in STAFF if person.username not in present]
    if not missing:
        return
    password_hash = await hash_password(password)  # one for all: it takes long on purpose
    session.add_all(
        StaffMember(
            username=person.username,
            name=person.name,
            role=person.role,
            agency_id=paths[person.agency][-1],
            password_hash=password_hash,
        )
        for person in missing
    )


async def _categories(session: AsyncSession) -> None:
    ids = {row.code: row.id for row in await session.scalars(select(Category))}
    for category in CATEGORIES:
        if category.code not in ids:
            parent_id = ids[category.parent] if category.parent else None
            row = Category(code=category.code, name=category.name, parent_id=parent_id)
            id = ids[category.code] = await _add(session, row)
            session.add_all(Tag(category_id=id, name=name) for name in category.tags)


async def _programmes(session: AsyncSession) -> None:
    present = {row.name for row in await session.scalars(select(Programme))}
    session.add_all(Programme(name=name) for name in PROGRAMMES if name not in present)


async def _add(session: AsyncSession, row: Agency | Category) -> int:
    """Add the row and return its id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('lapor demo'))")
