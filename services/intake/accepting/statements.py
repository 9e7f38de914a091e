"""The three statements of acceptance, each for as many reports as come."""

from typing import Final

from shared.database.process_time import PROCESS_TIME_MARK

PREPARE: Final = f"""
SELECT CASE WHEN report.new AND before.number IS NULL
            THEN nextval('lifecycle.report_number') END AS number,
       handler.id, handler.path, handler.zone, mark.mark
FROM json_to_recordset(%(wanted)s::json)
    AS report (place int, agency_id int, scope text, idempotency_key text, new boolean)
LEFT JOIN intake.submission before
    ON before.scope = report.scope AND before.idempotency_key = report.idempotency_key,
LATERAL (
    SELECT d.id, d.path, d.zone
    FROM routing.agency_directory wanted
    JOIN routing.agency_directory d ON d.id = ANY (wanted.path)
    WHERE wanted.id = report.agency_id AND (d.has_admin OR d.parent_id IS NULL)
    UNION ALL
    SELECT id, path, zone FROM routing.agency_directory
    WHERE parent_id IS NULL AND active
    ORDER BY 2 DESC
    LIMIT 1
) handler, (SELECT ({PROCESS_TIME_MARK}) AS mark) mark
ORDER BY report.place
"""  # noqa: S608
"""For each that was not here before a number (one that was taken is gone, so a repeat takes none),
and who is to verify: the agency wanted if it has an admin, else the nearest above that has, finally
the root (of arrays with a common beginning the longer sorts last). JSON, not arrays: those Postgres
would count, and plan anew each time."""

INSERT: Final = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(reports)s::json) AS given (
        number bigint, identity uuid, reporter_id int, name text, phone text, email text, nik text,
        access_code text, addressee_id int, made_by int, scope text, idempotency_key text,
        fingerprint text, status text, tab text, handler_id int, chain bigint[], channel text,
        classification text, category_id int, anonymous boolean, secret boolean,
        region_code text, due_at timestamptz, at timestamptz, system text, external_id text,
        linked_number bigint, suggested_agency_id int, state jsonb, title text, body text,
        happened_at text, place text, latitude float, longitude float, action text,
        actor_kind text, staff_id int, role text, actor_agency_id int, actor_system text,
        visibility text, details jsonb, subject text, message_id text, headers jsonb,
        event text, attachments json)
), submission AS (
    INSERT INTO intake.submission (number, reporter_id, name, phone, email, nik, access_code,
        addressee_id, made_by, scope, idempotency_key, fingerprint)
    SELECT number, reporter_id, convert_to(name, 'UTF8'), convert_to(phone, 'UTF8'),
        convert_to(email, 'UTF8'), convert_to(nik, 'UTF8'), convert_to(access_code, 'UTF8'),
        addressee_id, made_by, scope, idempotency_key, decode(fingerprint, 'hex')
    FROM given
    ON CONFLICT (scope, idempotency_key) DO NOTHING
    RETURNING number
), new AS MATERIALIZED (
    SELECT given.* FROM given JOIN submission USING (number)
), report AS (
    INSERT INTO lifecycle.report (number, identity, version, status, tab, handler_id, chain,
        channel, classification, category_id, anonymous, secret, priority, held, overdue,
        region_code, due_at, submitted_at, last_step_at, system, external_id, linked_number,
        suggested_agency_id, state)
    SELECT number, identity, 1, status, tab, handler_id, chain, channel, classification,
        category_id, anonymous, secret, false, false, false, region_code, due_at, at, at, system,
        external_id, linked_number, suggested_agency_id, state
    FROM new
), words AS (
    INSERT INTO lifecycle.report_text (number, original_title, original_body, happened_at,
        place, latitude, longitude)
    SELECT number, title, body, happened_at, place, latitude, longitude FROM new
), entry AS (
    INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, staff_id,
        role, agency_id, system, from_status, to_status, visibility, details)
    SELECT number, 1, 1, at, action, actor_kind, staff_id, role, actor_agency_id, actor_system,
        NULL, status, visibility, details
    FROM new
), told AS (
    INSERT INTO lifecycle.outbox (number, subject, message_id, headers, body)
    SELECT number, subject, message_id, headers, convert_to(event, 'UTF8') FROM new
), files AS (
    INSERT INTO intake.attachment (id, number, key, name, media_type, size, sha256, state,
        sealed_because)
    SELECT f.id, new.number, f.key, f.name, f.media_type, f.size, f.sha256, f.state,
        f.sealed_because
    FROM new, json_to_recordset(new.attachments) AS f (
        id uuid, key text, name text, media_type text, size bigint, sha256 text, state text,
        sealed_because text)
), originals AS (
    INSERT INTO lifecycle.sealed_original (attachment_id, number, key, name, media_type, size,
        sha256, data_key)
    SELECT f.id, new.number, o.key, o.name, o.media_type, o.size, o.sha256,
        convert_to(o.data_key, 'UTF8')
    FROM new, json_to_recordset(new.attachments) AS f (id uuid, original json),
        json_to_record(f.original) AS o (key text, name text, media_type text, size bigint,
            sha256 text, data_key text)
    WHERE f.original ->> 'key' IS NOT NULL
)
SELECT number FROM submission
"""
"""Everything of each report, or nothing of one whose submission was here before. `reports` is a
JSON array; what is bytes in the tables travels as text, a fingerprint in hexadecimal."""

FIRST: Final = """
SELECT s.number, CASE WHEN s.access_code_version = 1 AND (s.made_by IS NULL OR (
           s.access_code_used_at IS NULL AND r.submitted_at > now() - interval '1 hour'))
       THEN s.access_code END AS access_code, s.fingerprint, r.status, r.submitted_at, r.due_at
FROM intake.submission s JOIN lifecycle.report r ON r.number = s.number
WHERE s.scope = %(scope)s AND s.idempotency_key = %(idempotency_key)s
"""
"""What became of the submission the first time."""
