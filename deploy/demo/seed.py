"""Loading the demo: agencies, staff, reference data, holidays. Nothing that is there changes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.demo.agencies import AGENCIES, BY_CODE
from deploy.demo.reference import CATEGORIES, PRIORITY_PROGRAMS
from deploy.demo.staff import STAFF, DemoStaff
from deploy.foundation import lay_closed_days, lay_policy
from shared.database.engine import Database
from shared.http.passwords import hash_password
from shared.labels import label


async def load(database_url: str, password: str) -> Sequence[tuple[str, str]]:
    """Load what is missing, in one transaction, and give the sign-ins worth showing: user name,
    who it is. `database_url` is of a role that writes schema `routing`."""
    database = Database(database_url, pool_size=1)
    try:
        async with database.session() as session:
            await session.execute(_ONE_AT_A_TIME)
            agencies = await _agencies(session)
            await _staff(session, agencies, password)
            await _categories(session)
            await _programmes(session)
            await lay_policy(session)
            await lay_closed_days(session)
    finally:
        await database.dispose()
    return [(one.username, _who(one)) for one in STAFF if one.shown]


def _who(one: DemoStaff) -> str:
    return f"{label('role', one.role)}, {BY_CODE[one.agency].name}"


async def _agencies(session: AsyncSession) -> dict[str, int]:
    """Code to id; the paths follow the tree as it is stored."""
    stored = (await session.execute(text("SELECT code, id, path FROM routing.agency"))).all()
    ids = {row.code: row.id for row in stored}
    paths = {row.code: list(row.path) for row in stored}
    missing = [agency for agency in AGENCIES if agency.code not in ids]
    new_ids = await _new_ids(session, "agency", len(missing))
    rows = []
    for agency, new_id in zip(missing, new_ids, strict=True):
        ids[agency.code] = new_id
        paths[agency.code] = [*(paths[agency.parent] if agency.parent else []), new_id]
        rows.append(
            {
                "id": new_id,
                "code": agency.code,
                "name": agency.name,
                "kind": agency.kind,
                "parent_id": ids[agency.parent] if agency.parent else None,
                "path": paths[agency.code],
                "zone": agency.zone,
            }
        )
    await _insert(session, "agency", rows, active=True)
    return ids


async def _staff(session: AsyncSession, agencies: Mapping[str, int], password: str) -> None:
    stored = set(await session.scalars(text("SELECT username FROM routing.staff")))
    missing = [one for one in STAFF if one.username not in stored]
    if not missing:
        return
    hashed = await hash_password(password)  # one for all: it takes long on purpose
    rows = [
        {
            "username": one.username,
            "name": one.name,
            "role": one.role,
            "agency_id": agencies[one.agency],
            "password_hash": hashed,
        }
        for one in missing
    ]
    await _insert(session, "staff", rows, active=True, token_version=1)


async def _categories(session: AsyncSession) -> None:
    ids = dict((await session.execute(text("SELECT code, id FROM routing.category"))).all())
    missing = [category for category in CATEGORIES if category.code not in ids]
    for category, new_id in zip(
        missing, await _new_ids(session, "category", len(missing)), strict=True
    ):
        ids[category.code] = new_id
    rows = [
        {
            "id": ids[one.code],
            "code": one.code,
            "name": one.name,
            "parent_id": ids[one.parent] if one.parent else None,
        }
        for one in missing
    ]
    await _insert(session, "category", rows, active=True)
    tags = [{"category_id": ids[one.code], "name": tag} for one in missing for tag in one.tags]
    await _insert(session, "tag", tags)


async def _programmes(session: AsyncSession) -> None:
    stored = set(await session.scalars(text("SELECT name FROM routing.programme")))
    rows = [{"name": one.name} for one in PRIORITY_PROGRAMS if one.name not in stored]
    await _insert(session, "programme", rows, active=True)


async def _new_ids(session: AsyncSession, table: str, count: int) -> list[int]:
    sequence = f"routing.{table}_id_seq"
    found = await session.scalars(
        text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
        {"sequence": sequence, "count": count},
    )
    return list(found)


async def _insert(
    session: AsyncSession, table: str, rows: Iterable[dict[str, Any]], **same: Any
) -> None:
    rows = [{**row, **same} for row in rows]
    if rows:
        columns = list(rows[0])
        values = ", ".join(f":{column}" for column in columns)
        statement = f"INSERT INTO routing.{table} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608
        await session.execute(text(statement), rows)


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('lapor demo'))")
