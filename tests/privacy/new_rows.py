"""Statements that put in a thing of the dinas that an endpoint is tried on, and give its id."""

# Ids far from those that the sequences give.
PERSON = """
INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,
    token_version)
SELECT n, 'baru' || n, 'Budi Baru', 'liaison_officer', %(agency)s, '', true, 1
FROM (SELECT greatest(max(id), 5000) + 1 AS n FROM routing.staff) s RETURNING id
"""
AGENCY = """
INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active)
SELECT n, 'B' || n, 'Seksi ' || n, 'unit', %(agency)s, p.path || n, 'WIB', true
FROM routing.agency p, (SELECT greatest(max(id), 5000) + 1 AS n FROM routing.agency) s
WHERE p.id = %(agency)s RETURNING id
"""
DOWNLOAD = """
INSERT INTO reporting.download (id, staff_id, agency_id, tab, format, selection, name, state,
    attempt, rows_total, rows_done)
VALUES (gen_random_uuid(), %(owner)s, %(agency)s, 'incoming', 'csv', '{"tab": "incoming"}',
    'masuk.csv', 'cancelled', 1, 9, 0) RETURNING id
"""
BULK = """
INSERT INTO lifecycle.bulk_command (id, service, kind, staff_id, form, total)
VALUES (gen_random_uuid(), 'nobody', 'archive', %(owner)s, '{}', 0) RETURNING id
"""
WEBHOOK = """
INSERT INTO reporting.webhook (id, agency_id, url, secret, created_by)
VALUES (gen_random_uuid(), %(agency)s, 'https://dinas.invalid/lapor', '\\x00', %(owner)s)
RETURNING id
"""
DELIVERY = """
INSERT INTO reporting.webhook_delivery (id, webhook_id, event_id, event, number, version, body,
    state, started, finished_at)
VALUES (gen_random_uuid(), %(webhook)s, %(some)s, 'verified', 1, 2, '{}', 'failed', true, now())
RETURNING id
"""
BELL = """
INSERT INTO notification.bell (staff_id, number, version, template, kind, facts, created_at)
SELECT %(owner)s, number, version, 'to_follow_up', 'new', jsonb_build_object('at', now(),
    'due_at', NULL, 'handler_id', handler_id), now()
FROM lifecycle.report WHERE number = %(number)s
ON CONFLICT ON CONSTRAINT bell_once DO UPDATE SET read_at = NULL RETURNING id
"""
"""Unless the service has rung it already."""
HANDOVER = """
INSERT INTO routing.handover (id, kind, from_id, to_id, agency_id, total, staff_id, role,
    staff_agency_id)
SELECT gen_random_uuid(), 'assignments', 4, 3, %(agency)s, 0, id, role, agency_id
FROM routing.staff WHERE id = %(owner)s RETURNING id
"""
SAVED_VIEW = """
INSERT INTO routing.saved_view (id, staff_id, agency_id, shared, name, query)
SELECT gen_random_uuid(), id, agency_id, false, 'Terlambat', '{"tab": "in_process"}'
FROM routing.staff WHERE id = %(owner)s RETURNING id
"""
ANSWER_TEMPLATE = """
INSERT INTO routing.answer_template (id, agency_id, name, text)
SELECT gen_random_uuid(), agency_id, 'Templat ' || gen_random_uuid(), '{nomor}'
FROM routing.staff WHERE id = %(owner)s RETURNING id
"""
IMPORT = """
INSERT INTO routing.import (id, staff_id, file_name, dry_run, state, total, done, problems,
    agencies, people)
VALUES (gen_random_uuid(), %(owner)s, 'impor.xlsx', true, 'refused', 1, 1, '[]', 0, 0)
RETURNING id
"""
CATEGORY = """
INSERT INTO routing.category (id, code, name, active)
SELECT greatest(max(id), 5000) + 1, %(some)s, 'Lainnya', true FROM routing.category RETURNING id
"""
TAG = """
INSERT INTO routing.tag (id, category_id, name, active)
SELECT coalesce(greatest(max(id), 5000), 5000) + 1, %(category)s, 'lubang', true FROM routing.tag
RETURNING id
"""
PROGRAMME = """
INSERT INTO routing.programme (id, name, active)
SELECT coalesce(greatest(max(id), 5000), 5000) + 1, %(some)s, true FROM routing.programme
RETURNING id
"""
