"""Reports over the demo's agencies, written by SQL: rows alone, for measurements of downloads."""

import psycopg

from benchmarks.stack import Stack


async def fill(stack: Stack, reports: int) -> None:
    """So many reports over the demo's agencies: nine of ten ended, as after some years."""
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as connection:
        await connection.execute("SET synchronous_commit = off")
        for statement in _FILL:
            await connection.execute(statement, {"reports": reports})
        await connection.execute("VACUUM ANALYZE lifecycle.report")
        await connection.execute("VACUUM ANALYZE lifecycle.report_text")
    with stack.postgres.administer() as administrator:
        administrator.execute("CHECKPOINT")


# Numbers are spread over agencies and tabs by hashes: the same share everywhere, whatever the
# size. Indexes other than the primary key are made after the rows, which is many times faster.
_INDEXES = """
CREATE TEMP TABLE kept_index AS
SELECT indexdef, indexname FROM pg_indexes
WHERE schemaname = 'lifecycle' AND tablename IN ('report', 'report_text')
  AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_DROP = """
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT indexname FROM kept_index LOOP EXECUTE 'DROP INDEX lifecycle.' || one; END LOOP;
END $$
"""
_RESTORE = """
DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT indexdef FROM kept_index LOOP EXECUTE one; END LOOP;
END $$
"""
_REPORTS = """
WITH agency AS (
    SELECT array_agg(id ORDER BY id) AS ids, count(*) AS n FROM routing.agency
), drawn AS (
    SELECT g AS n, mod(hashint8(g)::bigint + 2147483648, 1000) AS luck,
        ids[1 + mod(hashint8(g * 7919::bigint)::bigint + 2147483648, agency.n)] AS handler_id,
        now() - make_interval(mins => g) AS submitted_at
    FROM generate_series(1, %(reports)s) g, agency
), settled AS (
    SELECT drawn.*, a.path, a.zone,
        CASE WHEN luck < 20 THEN 'UNVERIFIED' WHEN luck < 25 THEN 'AWAITING_INFORMATION'
             WHEN luck < 60 THEN 'VERIFIED' WHEN luck < 100 THEN 'FOLLOWED_UP'
             WHEN luck < 300 THEN 'ARCHIVED_BY_ADMIN' ELSE 'CLOSED_BY_SYSTEM' END AS status,
        CASE WHEN luck < 20 THEN 'unverified' WHEN luck < 25 THEN 'deferred'
             WHEN luck < 60 THEN 'awaiting_follow_up' WHEN luck < 100 THEN 'in_process'
             WHEN luck < 300 THEN 'archived' ELSE 'closed' END AS tab,
        CASE WHEN luck < 100 THEN submitted_at + interval '60 days' END AS due_at,
        CASE WHEN luck >= 100 THEN submitted_at + interval '20 days' END AS ended_at
    FROM drawn JOIN routing.agency a ON a.id = drawn.handler_id
)
INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,
    classification, anonymous, secret, priority, held, overdue, due_at, submitted_at,
    last_step_at, ended_at, launched_at, state)
SELECT n, 3, status, tab, handler_id, path, 'website', 'complaint_without_oversight', luck %% 9 = 0,
    luck %% 31 = 0, luck %% 13 = 0, false,
    coalesce(due_at < now(), false), due_at, submitted_at, submitted_at,
    ended_at, submitted_at,
    jsonb_build_object('number', n, 'version', 3, 'entries', 3, 'step_id', 's', 'last_step_at',
        submitted_at, 'status', status, 'chain', to_jsonb(path), 'zone', zone, 'channel', 'website',
        'classification', 'complaint_without_oversight', 'submitted_at', submitted_at, 'ended_at',
        ended_at, 'clocks', '[]'::jsonb)
FROM settled
"""
_TEXTS = """
INSERT INTO lifecycle.report_text (number, original_title, original_body)
SELECT number, 'Lampu jalan padam nomor ' || number, 'Lampu jalan padam sejak dua minggu.'
FROM lifecycle.report
"""
_FILL = (_INDEXES, _DROP, _REPORTS, _TEXTS, "SET maintenance_work_mem = '256MB'", _RESTORE)
