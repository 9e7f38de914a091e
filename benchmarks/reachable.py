"""People who have proven an e-mail address: reporters of reports, and staff of very many agencies
who owe something. Their proofs are written as the product keeps them, without the codes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

import psycopg

from benchmarks.http import Connection
from benchmarks.reports import report_form, submission_headers
from benchmarks.stack import Stack
from services.notification.proven import proof_digest
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import BlindIndex, IdentityCipher

EACH = 20
"""People of an agency, of whom two are its admins."""
OWED = 40
"""Open reports of an agency: late, due today, or later."""


async def submit_reachable(stack: Stack, reports: int) -> list[int]:
    """The numbers of so many reports through intake, each with a proven address."""
    connection = Connection(stack.addresses.intake_url)
    addresses: dict[int, str] = {}
    for n in range(reports):
        address = f"pelapor.{n}@bench.example"
        named = {"name": "Siti Aminah", "email": address, "email_safe": True}
        form = report_form() | {"reporter": named}
        answer = await connection.post("/reports", form, submission_headers())
        addresses[int(answer["number"])] = address
    await connection.close()
    async with await psycopg.AsyncConnection.connect(stack.dsn) as database:
        await _prove(database, stack, {f"report-{n}": at for n, at in addresses.items()})
    return list(addresses)


async def employ(stack: Stack, people: int) -> None:
    """So many people with a proven address at agencies of their own below pusat, each of which
    has reports to follow up."""
    async with await psycopg.AsyncConnection.connect(stack.dsn) as database:
        await database.execute("SET synchronous_commit = off")
        sizes = {"agencies": -(-people // EACH), "each": EACH, "people": people, "owed": OWED}
        for statement in (_AGENCIES, _PATHS, _STAFF, _REPORTS, _TEXTS):
            await database.execute(statement, sizes)
        ids = [id for (id,) in await (await database.execute(_IDS)).fetchall()]
        addresses = {id: f"petugas.{id}@bench.example" for id in ids}
        await _name(database, stack, addresses)
        await _prove(database, stack, {f"staff-{id}": at for id, at in addresses.items()})
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as database:
        await database.execute("ANALYZE")


async def _name(database: psycopg.AsyncConnection, stack: Stack, addresses: dict[int, str]) -> None:
    """Their addresses, encrypted by a key each, as routing keeps them."""
    cipher = IdentityCipher(stack.settings("lapor_routing").identity_keys)

    def rows() -> Iterator[Sequence[object]]:
        for id, address in addresses.items():
            own, wrapped = HolderCipher.new(cipher)
            yield id, own.encrypt(address), wrapped

    into = "routing.staff_contact (staff_id, email, holder_key)"
    await _copy(database, into, rows())


async def _prove(
    database: psycopg.AsyncConnection, stack: Stack, addresses: dict[str, str]
) -> None:
    """By holder: they have proven it just now, and want what people want who choose nothing."""
    index = BlindIndex(stack.settings("lapor_notification").blind_index_key)
    at = datetime.now(UTC)
    into = "notification.contact (id, holder, channel, proven_at, proof)"
    proofs = (
        (uuid4(), holder, "email", at, proof_digest(index, holder, "email", address))
        for holder, address in addresses.items()
    )
    await _copy(database, into, proofs)
    into = "notification.preference (holder, unsubscribe_token)"
    await _copy(database, into, ((holder, uuid4()) for holder in addresses))


async def _copy(
    database: psycopg.AsyncConnection, into: str, rows: Iterator[Sequence[object]]
) -> None:
    async with database.cursor().copy(f"COPY {into} FROM STDIN".encode()) as copy:
        for row in rows:
            await copy.write_row(row)


_AGENCIES = """
INSERT INTO routing.agency (code, name, kind, parent_id, path, zone, active)
SELECT 'bench-' || i, 'Dinas Uji ' || i, 'unit', above.id, above.path, 'WIB', true
FROM routing.agency above, generate_series(1, %(agencies)s) i WHERE above.parent_id IS NULL
"""
_PATHS = "UPDATE routing.agency SET path = path || id::bigint WHERE path[cardinality(path)] <> id"
_STAFF = """
INSERT INTO routing.staff (username, name, role, agency_id, password_hash, active, token_version)
SELECT 'bench.' || i, 'Petugas ' || i,
    CASE WHEN i %% %(each)s < 2 THEN 'agency_admin' ELSE 'liaison_officer' END, a.id, '!', true, 1
FROM generate_series(0, %(people)s - 1) i
JOIN routing.agency a ON a.code = 'bench-' || (1 + i / %(each)s)
"""
_REPORTS = """
INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,
    classification, anonymous, secret, priority, held, overdue, due_at, submitted_at,
    last_step_at, launched_at, state)
SELECT 1000000 + row_number() OVER (), 2, 'VERIFIED', 'awaiting_follow_up', a.id, a.path,
    'website', 'complaint_without_oversight', false, false, i = 1, false, i <= 4,
    now() + make_interval(hours => 6 * (i - 5)), now() - interval '9 days',
    now() - interval '8 days', now() - interval '9 days', '{"clocks": []}'
FROM routing.agency a, generate_series(1, %(owed)s) i WHERE a.code LIKE 'bench-%%'
"""
_TEXTS = """
INSERT INTO lifecycle.report_text (number, original_title, original_body)
SELECT number, 'Lampu jalan padam', 'Lampu jalan padam sejak dua minggu.'
FROM lifecycle.report WHERE number > 1000000
"""
_IDS = "SELECT id FROM routing.staff WHERE username LIKE 'bench.%'"
