"""Statements that write the rows of a range of numbers, all that its reports' lives leave."""

# What is drawn for a report follows from its number: any range can be written by itself, and
# always has the same rows. A few agencies have many reports, most have few. Nearly all of what is
# old has ended.
DRAWN = """
CREATE TEMP TABLE drawn ON COMMIT DROP AS
WITH agency AS (
    SELECT row_number() OVER (ORDER BY hashint8extended(id, 0)) - 1 AS place, id, path, zone
    FROM routing.agency
), luck AS (
    SELECT g AS number, hashint8extended(g, 1) & 1023 AS luck,
        power((hashint8extended(g, 2) & 65535) / 65536::float8, 3)
            * (SELECT count(*) FROM routing.agency) AS share,
        %(now)s::timestamptz
            - (%(top)s::bigint - g) * (interval '3 years' / %(reports)s::bigint) AS submitted_at,
        g > %(top)s::bigint - %(reports)s::bigint / 10 AS recent
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) g
)
SELECT number, luck, id AS handler_id, path AS chain, zone, submitted_at,
    CASE WHEN luck < 200 THEN 'ARCHIVED_BY_ADMIN' WHEN NOT recent OR luck < 624
             THEN CASE WHEN luck < 215 THEN 'FOLLOWED_UP' ELSE 'CLOSED_BY_SYSTEM' END
         WHEN luck < 700 THEN 'UNVERIFIED' WHEN luck < 724 THEN 'AWAITING_INFORMATION'
         WHEN luck < 824 THEN 'VERIFIED' ELSE 'FOLLOWED_UP' END AS status
FROM luck JOIN agency ON place = floor(share)::bigint
"""
REPORTS = """
INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,
    classification, category_id, anonymous, secret, priority, held, overdue, due_at, submitted_at,
    last_step_at, verified_at, ended_at, launched_at, region_code, state)
SELECT number, 3, status, tab, handler_id, chain, 'website', 'complaint_without_oversight',
    CASE WHEN worked THEN ids[1 + luck % cardinality(ids)] END,
    luck % 9 = 0, luck % 31 = 0, luck % 13 = 0, false, coalesce(due_at < now(), false), due_at,
    submitted_at, submitted_at, CASE WHEN worked THEN submitted_at + interval '1 day' END, ended_at,
    submitted_at, (ARRAY['32.73.02.1001', '32.73', NULL, '91.71'])[1 + luck % 4],
    jsonb_build_object('number', number, 'version', 3, 'entries', 3, 'step_id', 's',
        'last_step_at', submitted_at, 'status', status, 'chain', to_jsonb(chain), 'zone', zone,
        'channel', 'website', 'classification', 'complaint_without_oversight',
        'anonymous', luck % 9 = 0, 'secret', luck % 31 = 0, 'priority', luck % 13 = 0,
        'held', false, 'question_open', false, 'followed_up', ended_at IS NOT NULL,
        'requests', '[]'::jsonb, 'copies', '[]'::jsonb,
        'submitted_at', submitted_at, 'ended_at', ended_at, 'clocks', '[]'::jsonb)
FROM (
    SELECT *, CASE status WHEN 'UNVERIFIED' THEN 'unverified' WHEN 'VERIFIED'
            THEN 'awaiting_follow_up' WHEN 'AWAITING_INFORMATION' THEN 'deferred'
            WHEN 'FOLLOWED_UP' THEN 'in_process' WHEN 'ARCHIVED_BY_ADMIN' THEN 'archived'
            ELSE 'closed' END AS tab,
        status IN ('VERIFIED', 'FOLLOWED_UP', 'CLOSED_BY_SYSTEM') AS worked,
        CASE WHEN status IN ('UNVERIFIED', 'VERIFIED', 'FOLLOWED_UP')
            THEN submitted_at + interval '20 days' END AS due_at,
        CASE WHEN status IN ('ARCHIVED_BY_ADMIN', 'CLOSED_BY_SYSTEM')
            THEN submitted_at + interval '15 days' END AS ended_at
    FROM drawn) stood,
    (SELECT array_agg(id ORDER BY id) AS ids FROM routing.category) category
"""
# A report's words for searching are put together from those of its sentences: finding them in the
# text again takes longer than all the rest.
TEXTS = """
INSERT INTO lifecycle.report_text (number, original_title, original_body, title, body, place,
    search)
SELECT number, heading, words, CASE WHEN worked THEN heading END, CASE WHEN worked THEN words END,
    'Dekat pasar', found || to_tsvector('indonesian', rare)
FROM (
    SELECT number, worked, rare, s0.heading,
        s1.words || ' ' || s2.words || ' ' || s3.words || ' ' || s4.words || rare AS words,
        s0.heading_found || s1.found || s2.found || s3.found || s4.found AS found
    FROM (
        SELECT number, status IN ('VERIFIED', 'FOLLOWED_UP', 'CLOSED_BY_SYSTEM') AS worked,
            ' Di Gang ' || 'Nusa' || (hashint8extended(number, 8) & 65535)
                || CASE WHEN luck % 3 = 0 THEN ', pelanggan 53' || number ELSE '' END AS rare
        FROM drawn
    ) d
    JOIN bench.sentence s0 ON s0.id = (hashint8extended(d.number, 3) & 2147483647) % 20000
    JOIN bench.sentence s1 ON s1.id = (hashint8extended(d.number, 4) & 2147483647) % 20000
    JOIN bench.sentence s2 ON s2.id = (hashint8extended(d.number, 5) & 2147483647) % 20000
    JOIN bench.sentence s3 ON s3.id = (hashint8extended(d.number, 6) & 2147483647) % 20000
    JOIN bench.sentence s4 ON s4.id = (hashint8extended(d.number, 7) & 2147483647) % 20000
) written
ORDER BY number
"""
HISTORY = """
INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,
    visibility, details)
SELECT number, entry, entry, submitted_at + (entry - 1) * interval '1 day',
    (ARRAY['submit', 'verify', 'follow_up'])[entry], 'staff', status, 'public', '{}'
FROM drawn, generate_series(1, 3) entry
WHERE entry = 1 OR status IN ('FOLLOWED_UP', 'CLOSED_BY_SYSTEM')
    OR entry = 2 AND status <> 'UNVERIFIED'
ORDER BY number, entry
"""
TABLES = ("report", "report_text", "history")
