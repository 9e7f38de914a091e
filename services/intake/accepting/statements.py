"""The three statements of acceptance, each for as many reports as come. SQL, since a report more
a second is what they are measured by: `make bench`, and decision 11."""

from functools import cache
from typing import Final

from sqlmodel import SQLModel

from shared.database.policy_in_force import PROCESS_TIME_MARK
from shared.database.rows import insert_many

Columns = tuple[tuple[type[SQLModel], tuple[str, ...]], ...]
"""Tables, and of each the columns that are written."""


@cache
def prepare_all(taken: str = "") -> str:
    """For each report that was not here before a number (one that was taken is gone, so a repeat
    takes none, nor does one that is to be refused), the ids of what it names, and who is to verify:
    the agency wanted if it has an admin, else the nearest above that has, finally the root (of
    arrays with a common beginning the longer sorts last). With `RateLimits.taken` before it, also
    how long its sender has to wait.

    JSON, not arrays: those Postgres would count, and plan anew each time. What is asked of a large
    table (earlier submissions, members of staff) is asked by subqueries that cannot be joined, so
    that an index answers for each row: planned as joins of a hundred rows, they read whole tables.
    So is what is named, an id before a code that reads like it."""
    wait = "(SELECT wait FROM waits WHERE key = decode(use, 'hex'))" if taken else "NULL::bigint"
    return f"""
WITH {taken and f"{taken}, "}asked AS MATERIALIZED (
    SELECT *, {wait} AS wait FROM json_to_recordset(%(wanted)s::json) AS asked (
        place int, agency_id int, agency_code text, category_id int, category_code text,
        addressee_id int, fallback_id int, scope text, idempotency_key text, use text, new boolean)
), named AS MATERIALIZED (
    SELECT place, scope, idempotency_key, wait, new, agency_code, category_code, fallback_id,
        coalesce(addressee_id,
            (SELECT id FROM routing.agency_directory WHERE active AND id = asked.agency_id),
            (SELECT id FROM routing.agency_directory WHERE active AND code = asked.agency_code)
        ) AS addressee_id,
        coalesce(
            (SELECT id FROM routing.published_category WHERE active AND id = asked.category_id),
            (SELECT id FROM routing.published_category WHERE active AND code = asked.category_code)
        ) AS category_id
    FROM asked
), report AS MATERIALIZED (
    SELECT *, coalesce(addressee_id, fallback_id) AS agency_id,
        new AND wait IS NULL AND (agency_code IS NULL OR addressee_id IS NOT NULL)
            AND (category_code IS NULL OR category_id IS NOT NULL) AS wanted
    FROM named
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
SELECT CASE WHEN report.wanted AND (
           SELECT before.number FROM intake.submission before
           WHERE before.scope = report.scope
               AND before.idempotency_key = report.idempotency_key) IS NULL
       THEN nextval('lifecycle.report_number') END AS number,
       report.addressee_id, report.category_id, report.wait,
       handler.id, handler.path, handler.zone, ({PROCESS_TIME_MARK}) AS mark
FROM report JOIN handler ON handler.agency_id IS NOT DISTINCT FROM report.agency_id
ORDER BY report.place
"""  # noqa: S608


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
