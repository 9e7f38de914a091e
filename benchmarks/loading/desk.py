"""What a desk's reports have beside their words: deadlines missed and put before those above,
requests, copies, links, people they are assigned to, proven contacts; an agency with thousands."""

from collections.abc import Callable
from contextlib import AsyncExitStack

from benchmarks.loading.load import COUNTS, TOP, opened_as_administrator
from benchmarks.loading.nation import CROWDED
from benchmarks.stack import Stack
from services.reporting.statistics.rebuild import rebuild
from services.routing.queue.vocabulary import gather_words
from shared.database.engine import Database
from shared.privacy.contact_digest import account_digest
from shared.privacy.identity import BlindIndex

CROWD = 5_000
"""Open reports of one agency, the newest of all; half of them to verify."""
PHONE = "+6281298765432"
"""Proven by the reporter of every 20,000th report."""


async def furnish(stack: Stack, crowd: int, tell: Callable[[str], None]) -> None:
    """Once for a stack that is loaded; a second time it does nothing."""
    async with AsyncExitStack() as opened:
        connection = await opened_as_administrator(stack, opened)
        await connection.execute(_MARK)
        if await (await connection.execute(_MARKED)).fetchone():
            return
        digest = account_digest(
            BlindIndex(stack.settings("lapor_routing").blind_index_key), "sms", PHONE
        )
        given = {"first": TOP - crowd, "crowded": CROWDED, "digest": digest}
        async with connection.transaction():
            for what, statement in _STEPS.items():
                tell(what)
                await connection.execute(statement, given)
            await connection.execute(COUNTS)
        for table in _WRITTEN:
            await connection.execute(f"VACUUM ANALYZE {table}".encode())
        await _gathered(stack, tell)
        await connection.execute("INSERT INTO bench.furnished DEFAULT VALUES")


async def _gathered(stack: Stack, tell: Callable[[str], None]) -> None:
    """What services make of reports by themselves, over hours: words for typing errors, figures."""
    tell("words of reports")
    database = Database(stack.settings("lapor_routing").database_url, pool_size=1)
    try:
        await gather_words(database)
    finally:
        await database.dispose()
    database = Database(stack.settings("lapor_reporting").database_url, pool_size=1)
    try:
        await rebuild(database, lambda done, total: tell(f"statistics: {done:,} of {total:,}"))
    finally:
        await database.dispose()


_MARK = "CREATE TABLE IF NOT EXISTS bench.furnished (at timestamptz DEFAULT now())"
_MARKED = "SELECT true FROM bench.furnished"
_WRITTEN = (
    "lifecycle.report",
    "lifecycle.report_text",
    "lifecycle.escalation",
    "lifecycle.request",
    "lifecycle.copy",
    "notification.contact",
)
_OPEN = "r.tab IN ('unverified', 'awaiting_follow_up', 'in_process')"
_STEPS = {
    "reports of a crowded agency": """
UPDATE lifecycle.report r SET handler_id = a.id, chain = a.path, status = stands.status,
    tab = stands.tab, category_id = CASE WHEN stands.tab <> 'unverified' THEN r.category_id END,
    due_at = r.submitted_at + make_interval(hours => 1 + (r.number %% 2400)::int),
    ended_at = NULL, anonymous = false, secret = false,
    state = r.state || jsonb_build_object('status', stands.status, 'chain', to_jsonb(a.path),
        'zone', a.zone, 'anonymous', false, 'secret', false, 'ended_at', NULL, 'followed_up', false)
FROM routing.agency a, (VALUES (0, 'UNVERIFIED', 'unverified'),
    (1, 'VERIFIED', 'awaiting_follow_up')) stands (half, status, tab)
WHERE a.code = %(crowded)s AND r.number > %(first)s AND stands.half = r.number %% 2
""",
    "what is late": f"""
UPDATE lifecycle.report r SET overdue = r.due_at < now(),
    assignee_id = CASE WHEN r.number %% 4 = 0 THEN (SELECT min(s.id) FROM routing.staff s
        WHERE s.agency_id = r.handler_id AND s.role = 'liaison_officer') END,
    main_number = CASE WHEN r.number %% 20 = 0 AND r.number > %(first)s THEN r.number - 10 END
WHERE {_OPEN}
""",  # noqa: S608
    "places on the map": """
UPDATE lifecycle.report_text SET latitude = -6.9 - (hashint8(number) & 1023) / 10000.0,
    longitude = 107.6 + (hashint8(number + 1) & 1023) / 10000.0
WHERE number > %(first)s AND number %% 3 = 0
""",
    "escalations": f"""
INSERT INTO lifecycle.escalation (number, version, agency_id, clock, at, level)
SELECT r.number, 3 + level, r.chain[cardinality(r.chain) - level],
    CASE WHEN r.tab = 'unverified' THEN 'verification' ELSE 'follow_up' END, r.due_at, level
FROM lifecycle.report r, generate_series(1, cardinality(r.chain) - 1) level
WHERE r.overdue AND {_OPEN}
""",  # noqa: S608
    "requests": """
INSERT INTO lifecycle.request (id, number, kind, asked_at, staff_id, agency_id, decider_id, due_at,
    overdue)
SELECT gen_random_uuid(), r.number, 'close', r.last_step_at, s.id, r.handler_id,
    r.chain[cardinality(r.chain) - 1], r.last_step_at + interval '3 days', false
FROM lifecycle.report r JOIN LATERAL (SELECT min(id) AS id FROM routing.staff
    WHERE agency_id = r.handler_id AND role = 'liaison_officer') s ON s.id IS NOT NULL
WHERE r.tab = 'in_process' AND r.number %% 10 = 0 AND cardinality(r.chain) > 1
""",
    "copies": """
INSERT INTO lifecycle.copy (number, agency_id)
SELECT r.number, r.chain[2] FROM lifecycle.report r
WHERE r.number %% 50 = 0 AND cardinality(r.chain) > 2
""",
    "contacts": """
INSERT INTO notification.contact (id, holder, channel, proven_at, offered)
SELECT gen_random_uuid(), 'report-' || number, 'sms', now(),
    CASE WHEN number %% 20000 = 0 THEN %(digest)s ELSE sha256(number::text::bytea) END
FROM lifecycle.report WHERE number %% 2 = 0
""",
}
