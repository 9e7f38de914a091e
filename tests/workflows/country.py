"""A small country: agencies and people, as routing would write them."""

from typing import Any

import psycopg

from shared.database.engine import Database, raw
from shared.lifecycle.authority import Capacity
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import OPERATOR, REPORTER, SYSTEM, Actor, ActorKind, Role

ROOT, PROVINCE, DINAS, BIDANG, MISSION = 1, 10, 100, 1000, 20
"""Pusat; a province below it, a dinas, a bidang; and a mission that is not connected."""

PATHS = {
    ROOT: [1],
    PROVINCE: [1, 10],
    DINAS: [1, 10, 100],
    BIDANG: [1, 10, 100, 1000],
    MISSION: [1, 20],
}
_STAFF = {
    1: (ROOT, Role.CENTRAL_ADMIN),
    2: (PROVINCE, Role.AGENCY_ADMIN),
    3: (DINAS, Role.AGENCY_ADMIN),
    4: (DINAS, Role.LIAISON_OFFICER),
    5: (BIDANG, Role.LIAISON_OFFICER),
}
CENTRAL, PROVINCE_ADMIN, DINAS_ADMIN, DINAS_OFFICER = (
    Actor(kind=ActorKind.STAFF, staff_id=n, role=_STAFF[n][1], agency_id=_STAFF[n][0])
    for n in (1, 2, 3, 4)
)
CAPACITIES = {
    CENTRAL: {Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.HANDLER_STAFF, Capacity.ADMIN_ABOVE},
    PROVINCE_ADMIN: {Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.HANDLER_STAFF, Capacity.ADMIN_ABOVE},
    DINAS_ADMIN: {Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.HANDLER_STAFF},
    DINAS_OFFICER: {Capacity.HANDLER_STAFF},
    REPORTER: {Capacity.REPORTER},
    SYSTEM: {Capacity.SYSTEM},
    OPERATOR: {Capacity.OPERATOR},
}


async def settle_country(database: Database, zone: Zone = Zone.WIB) -> None:
    """The agencies and people above, all in one zone."""
    async with database.session() as session:
        connection = await raw(session)
        for agency, path in PATHS.items():
            await connection.execute(
                "INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active)"
                " VALUES (%s, %s, %s, 'unit', %s, %s, %s, true)",
                (agency, f"A{agency}", f"Instansi {agency}", path[-2:-1] and path[-2], path, zone)
                if len(path) > 1
                else (agency, f"A{agency}", f"Instansi {agency}", None, path, zone),
            )
        for staff_id, (agency_id, role) in _STAFF.items():
            await add_staff(connection, staff_id, agency_id, role)
        await connection.execute(_FURTHER_IDS)


async def add_staff(
    connection: psycopg.AsyncConnection[Any], staff_id: int, agency_id: int, role: Role
) -> None:
    await connection.execute(
        "INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,"
        " token_version) VALUES (%s, %s, 'Budi', %s, %s, '', true, 1)",
        (staff_id, f"staff{staff_id}", role, agency_id),
    )


_FURTHER_IDS = """
SELECT setval(pg_get_serial_sequence('routing.' || name, 'id'), 2000)
FROM unnest(ARRAY['agency', 'staff']) name
"""
"""Whom a test adds through the services gets none of the ids above."""
