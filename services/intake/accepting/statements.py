"""The three statements of acceptance, each for any number of reports. They are SQL because their
speed decides how many reports a second are accepted: see `make bench` and decision 11."""

from functools import cache
from typing import Final

from sqlmodel import SQLModel

from shared.database.policy_in_force import PROCESS_TIME_MARK
from shared.database.rows import insert_many

Columns = tuple[tuple[type[SQLModel], tuple[str, ...]], ...]
"""Tables, each with the columns that are written."""


@cache
def prepare_all(taken: str = "") -> str:
    """The statement that prepares reports. For each it finds a number, if the report is new, the
    ids of agency and category, and who must verify it: the agency that was named if it has an
    admin, otherwise the nearest above it that has one, finally the root. (Of arrays that begin
    alike, the longer one sorts last.) With `RateLimits.taken` as `taken`, it also finds how long
    the sender must wait. An unused number is lost, so repeats and refused reports take none.

    The parameter is JSON because Postgres would count the elements of arrays and plan the statement
    again each time. Large tables (submissions, members of staff) are read by subqueries that cannot
    be joined, so that an index is used for each row: joins of a hundred rows were planned as reads
    of whole tables. Agency and category are found in the same way; an id is tried before a code
    that looks like it.
    """
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
    """The statement that writes the rows of each table, except for reports whose submission exists
    already. Its parameters are JSON arrays of objects, by table name; bytes are hexadecimal.
    `columns` begins with `Submission`, and each table has a `number`.

    It is one statement, to need one round trip and one commit.
    """
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
"""Reads the result of a submission that was accepted before."""
