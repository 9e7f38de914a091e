"""The statements of `shared.http.limits`, to be formatted with `schema` and `now=NOW`."""

from typing import Final

# Generic cell rate algorithm: `full_at` is when the bucket will be full again. A use moves it one
# step on, unless it would then lie further ahead than the whole window. The statement returns NULL
# if the use was counted, else the microseconds to wait. The outer SELECT sees the rows as they were
# before. The keys come as JSON: Postgres would count the members of an array, and plan anew each
# time.
NOW: Final = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"
TAKEN: Final = """
given AS MATERIALIZED (
  SELECT decode(value, 'hex') AS key FROM json_array_elements_text(%(keys)s::json)
), taken AS (
  INSERT INTO {schema}.rate_limit AS bucket (key, full_at)
  SELECT key, {now} + %(step)s::bigint FROM given ORDER BY key
  ON CONFLICT (key) DO UPDATE
  SET full_at = greatest(bucket.full_at, {now}) + %(step)s::bigint
  WHERE greatest(bucket.full_at, {now}) + %(step)s::bigint <= {now} + %(window)s::bigint
  RETURNING bucket.key
), waits AS MATERIALIZED (
  SELECT key, CASE WHEN taken.key IS NULL THEN coalesce(
    (SELECT full_at FROM {schema}.rate_limit before WHERE before.key = given.key)
      + %(step)s::bigint - %(window)s::bigint - {now},
    %(step)s::bigint
  ) END AS wait
  FROM given LEFT JOIN taken USING (key)
)
"""
GIVE_BACK: Final = "UPDATE {schema}.rate_limit SET full_at = full_at - %(step)s WHERE key = %(key)s"
KEEP: Final = """
INSERT INTO {schema}.rate_limit (key, full_at) VALUES (%(key)s, {now} + %(length)s::bigint)
ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at
"""
KEPT: Final = "SELECT full_at > {now} FROM {schema}.rate_limit WHERE key = %(key)s"

# A subject whose place has come uses it up, one who waits goes on waiting, and all others get the
# next place, which may be now. `full_at` holds a place as the time at which it expires.
TURN: Final = """
WITH come AS (
  DELETE FROM {schema}.rate_limit
  WHERE key = %(place)s AND full_at > {now} AND full_at <= {now} + %(kept)s::bigint
  RETURNING key
), waiting AS (
  SELECT full_at - %(kept)s::bigint AS at FROM {schema}.rate_limit
  WHERE key = %(place)s AND full_at > {now} + %(kept)s::bigint
), given AS (
  INSERT INTO {schema}.rate_limit AS turn (key, full_at)
  SELECT %(turn)s, {now}
  WHERE NOT EXISTS (SELECT FROM come) AND NOT EXISTS (SELECT FROM waiting)
  ON CONFLICT (key) DO UPDATE SET full_at = greatest(turn.full_at + %(step)s::bigint, {now})
  WHERE turn.full_at + %(step)s::bigint <= {now} + %(kept)s::bigint
  RETURNING full_at AS at
), kept AS (
  INSERT INTO {schema}.rate_limit (key, full_at)
  SELECT %(place)s, at + %(kept)s::bigint FROM given WHERE at > {now}
  ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at
)
SELECT CASE WHEN EXISTS (SELECT FROM come) THEN 0
  ELSE coalesce(
    (SELECT at FROM waiting),
    (SELECT at FROM given),
    greatest({now} + %(step)s::bigint, (SELECT full_at + %(step)s::bigint - %(kept)s::bigint
      FROM {schema}.rate_limit WHERE key = %(turn)s))
  ) - {now} END
"""
SWEEP: Final = "DELETE FROM {schema}.rate_limit WHERE full_at < {now}"
