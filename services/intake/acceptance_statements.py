"""The three statements of acceptance."""

from typing import Final

from shared.database.process_time import PROCESS_TIME_MARK

PREPARE: Final = f"""
SELECT nextval('lifecycle.report_number') AS number, handler.id, handler.path, handler.zone,
       ({PROCESS_TIME_MARK}) AS mark
FROM (
    SELECT d.id, d.path, d.zone
    FROM routing.agency_directory wanted
    JOIN routing.agency_directory d ON d.id = ANY (wanted.path)
    WHERE wanted.id = %(agency_id)s AND (d.has_admin OR d.parent_id IS NULL)
    UNION ALL
    SELECT id, path, zone FROM routing.agency_directory
    WHERE parent_id IS NULL AND active
    ORDER BY 2 DESC
    LIMIT 1
) handler
"""  # noqa: S608
"""A number, and who is to verify: the agency wanted if it has an admin, else the nearest
above that has, finally the root (of arrays with a common beginning the longer sorts last)."""

INSERT: Final = """
WITH submission AS (
    INSERT INTO intake.submission (number, reporter_id, name, phone, email, nik, access_code,
        addressee_id, made_by, scope, idempotency_key, fingerprint)
    VALUES (%(number)s, %(reporter_id)s, %(name)s, %(phone)s, %(email)s, %(nik)s,
        %(access_code)s, %(addressee_id)s, %(made_by)s, %(scope)s, %(idempotency_key)s,
        %(fingerprint)s)
    ON CONFLICT (scope, idempotency_key) DO NOTHING
    RETURNING number
), report AS (
    INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,
        classification, category_id, anonymous, secret, priority, held, overdue, region_code,
        due_at, submitted_at, last_step_at, system, external_id, linked_number,
        suggested_agency_id, state)
    SELECT number, 1, %(status)s, %(tab)s, %(handler_id)s, %(chain)s::bigint[], %(channel)s,
        %(classification)s, %(category_id)s, %(anonymous)s, %(secret)s, false, false, false,
        %(region_code)s, %(due_at)s, %(at)s, %(at)s, %(system)s, %(external_id)s,
        %(linked_number)s, %(suggested_agency_id)s, %(state)s::jsonb
    FROM submission
), words AS (
    INSERT INTO lifecycle.report_text (number, original_title, original_body, happened_at,
        place, latitude, longitude)
    SELECT number, %(title)s, %(body)s, %(happened_at)s, %(place)s, %(latitude)s, %(longitude)s
    FROM submission
), entry AS (
    INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, staff_id,
        role, agency_id, system, from_status, to_status, visibility, details)
    SELECT number, 1, 1, %(at)s, %(action)s, %(actor_kind)s, %(staff_id)s, %(role)s,
        %(actor_agency_id)s, %(actor_system)s, NULL, %(status)s, %(visibility)s, %(details)s
    FROM submission
), told AS (
    INSERT INTO lifecycle.outbox (number, subject, message_id, headers, body)
    SELECT number, %(subject)s, %(message_id)s, %(headers)s, %(event)s FROM submission
), files AS (
    INSERT INTO intake.attachment (id, number, key, name, media_type, size, sha256)
    SELECT f.id, s.number, f.key, f.name, f.media_type, f.size, f.sha256
    FROM submission s, jsonb_to_recordset(%(attachments)s) AS f (
        id uuid, key text, name text, media_type text, size bigint, sha256 text)
)
SELECT number FROM submission
"""
"""Everything of one report, or nothing where this submission was here before."""

FIRST: Final = """
SELECT s.number, s.access_code, s.fingerprint, r.status, r.submitted_at, r.due_at
FROM intake.submission s JOIN lifecycle.report r ON r.number = s.number
WHERE s.scope = %(scope)s AND s.idempotency_key = %(idempotency_key)s
"""
"""What became of the submission the first time."""
