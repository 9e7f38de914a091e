"""Some thousand reports in a small country, written by SQL alone: the same every time."""

import psycopg

ROOT, CITY, ROADS, HEALTH, PAPUA, PAPUA_UNIT = 1, 2, 3, 4, 5, 6
PUSAT_ADMIN, CITY_ADMIN, ROADS_OFFICER, PAPUA_ADMIN, HEALTH_ADMIN = 10, 11, 12, 13, 14
FIRST = 10_000_001

_COUNTRY = """
INSERT INTO routing.agency (id, code, name, kind, parent_id, path, zone, active) VALUES
  (1, 'pusat', 'Admin Pusat', 'central', NULL, '{1}', 'WIB', true),
  (2, 'kota-bandung', 'Pemerintah Kota Bandung', 'regency', 1, '{1,2}', 'WIB', true),
  (3, 'kota-bandung.dbmp', 'Dinas Bina Marga', 'unit', 2, '{1,2,3}', 'WIB', true),
  (4, 'kota-bandung.dinkes', 'Dinas Kesehatan', 'unit', 2, '{1,2,4}', 'WIB', true),
  (5, 'papua', 'Pemerintah Provinsi Papua', 'province', 1, '{1,5}', 'WIT', true),
  (6, 'papua.pu', 'Dinas PU Papua', 'unit', 5, '{1,5,6}', 'WIT', true);
INSERT INTO routing.staff (id, username, name, role, agency_id, password_hash, active,
  token_version) VALUES
  (10, 'pusat', 'Petugas Pusat', 'central_admin', 1, 'x', true, 1),
  (11, 'bandung', '=Admin Bandung', 'agency_admin', 2, 'x', true, 1),
  (12, 'dbmp', 'Pejabat Bina Marga', 'liaison_officer', 3, 'x', true, 1),
  (13, 'papua', 'Admin Papua', 'agency_admin', 5, 'x', true, 1),
  (14, 'dinkes', 'Admin Dinkes', 'agency_admin', 4, 'x', true, 1),
  (15, 'lama', 'Bekas Pejabat', 'liaison_officer', 3, 'x', false, 1);
INSERT INTO routing.category (id, code, name, parent_id, active) VALUES
  (1, 'jalan', 'Infrastruktur Jalan', NULL, true), (2, 'lubang', 'Jalan Berlubang', 1, true),
  (3, 'kesehatan', 'Pelayanan Kesehatan', NULL, true);
INSERT INTO routing.tag (id, category_id, name) VALUES (1, 2, 'aspal'), (2, 2, 'drainase');
INSERT INTO routing.programme (id, name, active) VALUES (1, 'Makan Bergizi Gratis', true);
INSERT INTO routing.closed_day (day, name) VALUES ('2026-01-01', 'Tahun Baru');
"""

# Everything follows from the running number i alone.
_REPORTS = """
CREATE TEMP TABLE plan AS
SELECT i, 10000000 + i AS number,
       (ARRAY['VERIFIED','FOLLOWED_UP','CLOSED_BY_SYSTEM','UNVERIFIED','ARCHIVED_BY_ADMIN',
              'AWAITING_INFORMATION','REPLIED_BY_REPORTER','CLOSED_BY_ADMIN',
              'AGENCY_NOT_CONNECTED','CLOSED_BY_REPORTER','ARCHIVED_BY_REPORTER',
              'INFORMATION_TO_EVALUATE'])[1 + i %% 12] AS status,
       (ARRAY['awaiting_follow_up','in_process','closed','unverified','archived','deferred',
              'in_process','closed','deferred','closed','archived','deferred'])[1 + i %% 12] AS tab,
       (ARRAY[3,2,4,5,6,1,3])[1 + i %% 7] AS handler_id,
       timestamptz '2026-01-05 20:30:00+00' + (i * 7 %% 400) * interval '11 hours' AS at
FROM generate_series(1, %(count)s) i;
INSERT INTO lifecycle.report (number, version, status, tab, handler_id, chain, channel,
  classification, category_id, anonymous, secret, priority, held, overdue, region_code, due_at,
  submitted_at, last_step_at, verified_at, ended_at, state)
SELECT number, 4, status, tab, handler_id,
       CASE handler_id WHEN 3 THEN '{2,3}' WHEN 4 THEN '{1,2,4}' WHEN 6 THEN '{5,6}'
                       ELSE ARRAY[handler_id] END::bigint[],
       (ARRAY['website','android','sms','instagram'])[1 + i %% 4],
       (ARRAY['complaint_with_oversight','information',NULL,'aspiration'])[1 + i %% 4],
       (ARRAY[2,1,NULL,3])[1 + i / 4 %% 4], i %% 2 = 0, i %% 5 = 0, i %% 20 = 0, false, i %% 9 = 0,
       (ARRAY['32.73.02.1001','32.73',NULL,'91.71'])[1 + i / 12 %% 4], at + interval '5 days',
       at, at + interval '4 days',
       CASE WHEN tab IN ('awaiting_follow_up','in_process','closed') THEN at + interval '1 day' END,
       CASE WHEN tab IN ('closed','archived') THEN at + interval '4 days' END, '{}'
FROM plan;
INSERT INTO lifecycle.report_text (number, original_title, original_body, title, body, place,
  latitude, longitude, tag_ids, programme_id)
SELECT number,
       CASE i %% 25 WHEN 1 THEN '=HYPERLINK("http://jahat.test","klik")' WHEN 2 THEN '+62 812'
                    WHEN 3 THEN '-1+1|cmd' WHEN 4 THEN '@SUM(A1)' WHEN 5 THEN '#N/A'
                    ELSE 'jalan rusak nomor ' || i END,
       'Isi awal laporan ' || i || CASE WHEN i %% 25 = 6 THEN E' \\x07 bel' ELSE '' END
         || repeat(' dan jalan itu rusak sekali.', i %% 20),
       CASE WHEN i %% 25 BETWEEN 1 AND 5 THEN NULL ELSE 'Jalan rusak nomor ' || i END,
       CASE WHEN i %% 3 = 0 THEN 'Isi akhir laporan ' || i END, 'Dekat pasar', -6.9, 107.6,
       ARRAY[1,2], CASE WHEN i %% 10 = 0 THEN 1 END
FROM plan;
INSERT INTO lifecycle.history (number, entry, version, at, action, actor_kind, to_status,
  visibility, ref, details)
SELECT number, 1, 1, at, 'submit', 'reporter', 'UNVERIFIED', 'public', NULL::uuid,
       '{}'::jsonb FROM plan
UNION ALL
SELECT number, 2, 2, at + interval '1 day', 'verify', 'staff', 'VERIFIED', 'public', NULL, '{}'
FROM plan WHERE tab IN ('awaiting_follow_up','in_process','closed')
UNION ALL
SELECT number, 3, 3, at + interval '3 days', 'follow_up', 'staff', 'FOLLOWED_UP', 'public', NULL,
       '{}' FROM plan WHERE tab IN ('in_process','closed')
UNION ALL
SELECT number, 2, 2, at, 'defer', 'staff', status, 'public',
       ('00000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid,
       '{"deferral": "incomplete_data"}' FROM plan WHERE tab = 'deferred'
UNION ALL
SELECT number, 2, 2, at, 'archive', 'staff', status, 'public',
       ('00000000-0000-4000-8000-' || lpad(number::text, 12, '0'))::uuid,
       '{"archive_category": "too_general"}' FROM plan WHERE status = 'ARCHIVED_BY_ADMIN'
UNION ALL
SELECT number, 4, 4, at + interval '4 days', 'declare_satisfied', 'reporter', status, 'public',
       ('00000000-0000-4000-8001-' || lpad(number::text, 12, '0'))::uuid, '{}'
FROM plan WHERE status = 'CLOSED_BY_REPORTER';
INSERT INTO lifecycle.command (id, number, action, at, body, done)
SELECT ref, number, action, at, '{}', true FROM lifecycle.history WHERE ref IS NOT NULL;
INSERT INTO routing.note (command_id, number, action, words, staff_id, at)
SELECT ref, number, action, '=Alasan ' || number, 11, at FROM lifecycle.history
WHERE action = ANY (ARRAY['defer', 'archive']);
INSERT INTO followup.message (command_id, number, action, words, secret, rating, actor_kind, at)
SELECT ('00000000-0000-4000-8001-' || lpad(number::text, 12, '0'))::uuid, number,
       'declare_satisfied', 'terima kasih', false, 4, 'reporter', at
FROM plan WHERE status = 'CLOSED_BY_REPORTER';
DROP TABLE plan;
"""


def found_country(url: str) -> None:
    """Agencies, staff, categories."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_COUNTRY.encode())


def write_reports(url: str, count: int) -> None:
    """Reports 10,000,001 to 10,000,000 + `count`, in all statuses and of all agencies."""
    with psycopg.connect(url) as connection:
        for statement in _REPORTS.split(";\n"):
            if statement.strip():
                prepared = statement % {"count": count}
                connection.execute(prepared.encode())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
