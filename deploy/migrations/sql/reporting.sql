-- What reporting reads of people, and what it may not take back.

-- Members of staff as their admins know them, for the download *Pengguna*.
CREATE VIEW routing.published_staff AS
SELECT id, username, name, role, agency_id, active FROM routing.staff;

GRANT SELECT ON routing.published_staff TO lapor_reporting;
REVOKE UPDATE, DELETE ON reporting.download_log FROM lapor_reporting;
