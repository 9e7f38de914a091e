"""Reports as downloads have them: with words, places and histories, written by SQL alone."""

import psycopg

from benchmarks.filling import fill
from benchmarks.stack import Stack


async def fill_for_downloads(stack: Stack, reports: int) -> None:
    """So many reports, with texts as long as real ones (a median of 352 characters)."""
    await fill(stack, reports)
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        for statement in (_MARKED, _CLOSED, _WORDS, _HISTORY):
            await connection.execute(statement)
        for table in ("report", "report_text", "history"):
            await connection.execute(f"VACUUM ANALYZE lifecycle.{table}".encode())


_MARKED = "UPDATE lifecycle.report SET priority = number % 10 = 0"
"""One of ten, by which the smaller download is chosen."""
_CLOSED = """
UPDATE lifecycle.report SET verified_at = submitted_at + interval '1 day',
    category_id = (SELECT ids[1 + number % cardinality(ids)]
                   FROM (SELECT array_agg(id) AS ids FROM routing.category) c),
    region_code = (ARRAY['32.73.02.1001', '32.73', NULL, '91.71'])[1 + number % 4]
WHERE tab IN ('awaiting_follow_up', 'in_process', 'closed')
"""
_WORDS = """
UPDATE lifecycle.report_text SET title = original_title, place = 'Dekat pasar',
    original_body = repeat('Lampu jalan padam & gelap sejak dua minggu. ', 4 + number::int % 9),
    body = repeat('Lampu jalan padam dan gelap sejak dua minggu. ', 4 + number::int % 9)
"""
_HISTORY = """
INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,
    visibility, details)
SELECT number, entry, entry, submitted_at + entry * interval '1 day',
    (ARRAY['submit', 'verify', 'follow_up'])[entry], 'staff', status, 'public', '{}'
FROM lifecycle.report, generate_series(1, 3) entry WHERE tab <> 'unverified' OR entry = 1
"""
