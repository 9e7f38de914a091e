"""The three statements of acceptance, each for as many reports as come. SQL, since a report more
a second is what they are measured by: `make bench`, and decision 11."""

from functools import cache
from typing import Final

from sqlmodel import SQLModel

from shared.database.policy_in_force import PROCESS_TIME_MARK
from shared.database.rows import insert_many

Columns = tuple[tuple[type[SQLModel], tuple[str, ...]], ...]
"""Tables, and of each the columns that are written."""

PREPARE: Final = f"""
WITH report AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(wanted)s::json)
        AS report (place int, agency_id int, scope text, idempotency_key text, new boolean)
), handler AS MATERIALIZED (
    SELECT wanted.agency_id, nearest.id, nearest.path, nearest.zone
    FROM (SELECT DISTINCT agency_id FROM report) wanted, LATERAL (
        SELECT d.id, d.path, d.zone
        FROM routing.agency_directory named
        JOIN routing.agency_directory d ON d.id = ANY (named.path)
        WHERE named.id = wanted.agency_id AND (d.admins > 0 OR d.parent_id IS NULL)
        UNION ALL
        SELECT id, path, zone FROM routing.agency_directory
        WHERE parent_id IS NULL AND active
        ORDER BY 2 DESC
        LIMIT 1
    ) nearest
)
SELECT CASE WHEN report.new AND (
           SELECT before.number FROM intake.submission before
           WHERE before.scope = report.scope
               AND before.idempotency_key = report.idempotency_key) IS NULL
       THEN nextval('lifecycle.report_number') END AS number,
       handler.id, handler.path, handler.zone, ({PROCESS_TIME_MARK}) AS mark
FROM report JOIN handler ON handler.agency_id IS NOT DISTINCT FROM report.agency_id
ORDER BY report.place
"""  # noqa: S608
"""For each that was not here before a number (one that was taken is gone, so a repeat takes none),
and who is to verify: the agency wanted if it has an admin, else the nearest above that has, finally
the root (of arrays with a common beginning the longer sorts last). JSON, not arrays: those Postgres
would count, and plan anew each time. What is asked of a large table (earlier submissions, members
of staff) is asked by subqueries that cannot be joined, so that an index answers for each row:
planned as joins of a hundred rows, they read whole tables."""


@cache
def insert_all(columns: Columns) -> str:
    """The statement that writes the rows of each table, or nothing of a report whose submission
    was here before. Its parameters are JSON arrays of objects, by the tables' names; bytes are
    hexadecimal. `columns` has `Submission` first, and each table has a `number`.

    One statement, because it is one round trip and one commit."""
    (submission, own), *others = columns
    writing = [
        f"submission AS ({insert_many(submission, own)}"
        " ON CONFLICT (scope, idempotency_key) DO NOTHING RETURNING number)"
    ]
    for table, names in others:
        new = f"{insert_many(table, names)} JOIN submission USING (number)"
        writing.append(f"new_{table.__tablename__} AS ({new})")
    return f"WITH {', '.join(writing)} SELECT number FROM submission"  # noqa: S608


FIRST: Final = """
SELECT s.number, CASE WHEN s.access_code_version = 1 AND (s.made_by IS NULL OR (
           s.access_code_used_at IS NULL AND r.submitted_at > now() - interval '1 hour'))
       THEN s.access_code END AS access_code, s.fingerprint, r.status, r.submitted_at, r.due_at
FROM intake.submission s JOIN lifecycle.report r ON r.number = s.number
WHERE s.scope = %(scope)s AND s.idempotency_key = %(idempotency_key)s
"""
"""What became of the submission the first time."""
