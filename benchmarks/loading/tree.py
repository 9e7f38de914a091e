"""Agencies of a whole nation below the demo's, each with an admin and an officer."""

import psycopg

PROVINCES, REGENCIES, UNITS = 34, 14, 6
"""Provinces; in each so many regencies; in each of these so many units: some 3,400 agencies."""


async def plant(connection: psycopg.AsyncConnection) -> None:
    """Nothing that is there changes."""
    for statement in _TREE:
        await connection.execute(statement)


_LEVEL = """
INSERT INTO routing.agency (code, name, kind, parent_id, path, zone, active)
SELECT above.code || '-{step}' || i, above.name || ' {step} ' || i, '{kind}', above.id, above.path,
    above.zone, true
FROM routing.agency above, generate_series(1, {count}) i
WHERE {above} ON CONFLICT (code) DO NOTHING
"""
_PATHS = "UPDATE routing.agency SET path = path || id::bigint WHERE path[cardinality(path)] <> id"
_STAFF = """
INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active, token_version)
SELECT prefix || a.code, 'Petugas ' || a.id, role, a.id, '!', true, 1
FROM routing.agency a, (VALUES ('a.', 'agency_admin'), ('o.', 'liaison_officer')) r (prefix, role)
WHERE a.code LIKE '%-bench%' ON CONFLICT (username) DO NOTHING
"""
_TREE = (
    _LEVEL.format(step="bench", kind="province", count=PROVINCES, above="above.parent_id IS NULL"),
    _PATHS,
    _LEVEL.format(
        step="kab", kind="regency", count=REGENCIES, above="above.code ~ '-bench[0-9]+$'"
    ),
    _PATHS,
    _LEVEL.format(
        step="unit", kind="unit", count=UNITS, above="above.code ~ '-bench[0-9]+-kab[0-9]+$'"
    ),
    _PATHS,
    _STAFF,
)
