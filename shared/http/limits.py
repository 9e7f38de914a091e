"""Limits that hold across processes: one small table per service, no addresses in it."""

import hashlib
import hmac
import ipaddress
import math
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from fastapi import Request
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table

from shared.batcher import Batcher
from shared.database.engine import Database, raw
from shared.http.problems import too_many


@dataclass(frozen=True)
class Limit:
    """At most `count` at once, refilled evenly over `seconds`. `name` keeps limits apart."""

    name: str
    count: int
    seconds: float


_Use = tuple[Limit, bytes]


class RateLimits:
    """Token buckets in `<schema>.rate_limit`, keyed by a digest of limit and subject.

    The service's role needs SELECT, INSERT, UPDATE, DELETE on that table and nothing else.
    """

    def __init__(self, database: Database, schema: str, key: str) -> None:
        self._database = database
        self._key = key.encode()
        self._take, self._sweep, self._give_back, self._keep, self._kept, self._turn = (
            statement.format(schema=schema, now=_NOW)
            for statement in (_TAKE, _SWEEP, _GIVE_BACK, _KEEP, _KEPT, _TURN)
        )
        self._gathering = Batcher(self._together)

    async def take(self, limit: Limit, subject: str) -> None:
        """Count one use by `subject` (an address, a name signed in with, a report number).
        Counts even if the request fails later. Raises the 429 problem with Retry-After;
        what is refused is not counted."""
        if (wait := await self.wait(limit, subject)) is not None:
            raise too_many(wait)

    async def wait(self, limit: Limit, subject: str) -> int | None:
        """As `take`, but gives the seconds to wait, None where the use was counted."""
        wait = await self._gathering.ask((limit, self.digest(limit.name, subject)))
        return None if wait is None else _seconds(wait)

    async def give_back(self, limit: Limit, subject: str) -> None:
        """A use that was counted was none."""
        given = {"key": self.digest(limit.name, subject), "step": _step(limit)}
        await self._one(self._give_back, given)

    async def remember(self, name: str, subject: str, time: timedelta) -> None:
        """That this subject did something, for so long."""
        key, length = self.digest(f"known {name}", subject), round(time.total_seconds() * _MICRO)
        await self._one(self._keep, {"key": key, "length": length})

    async def remembers(self, name: str, subject: str) -> bool:
        """Whether it did so, within the time it is remembered for."""
        return bool(await self._one(self._kept, {"key": self.digest(f"known {name}", subject)}))

    async def turn(self, name: str, what: str, who: str, seconds: float) -> int:
        """0 if it is this one's turn: each gets one, so many seconds after the one before. Else the
        seconds until it is; it keeps its place for some minutes after. A place further off than
        that is nobody's yet: the queue does not grow by the person who asks, and all ask again."""
        given = {
            "turn": self.digest(f"turn {name}", what),
            "place": self.digest(f"place {name}", f"{what}\0{who}"),
            "step": round(seconds * _MICRO),
            "kept": round(_PLACE_KEPT * _MICRO),
        }
        wait = int(await self._one(self._turn, given))
        return _seconds(wait) if wait > 0 else 0

    async def _one(self, statement: str, given: Mapping[str, Any]) -> Any:
        """The one value of a statement, None if it gives none."""
        async with self._database.autocommit() as session:
            cursor = await (await raw(session)).execute(statement, given)
            row = await cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    async def _together(self, uses: Sequence[_Use]) -> Sequence[int | None]:
        """For each the microseconds to wait, None where it was counted."""
        waits: list[int | None] = [None] * len(uses)
        left = list(range(len(uses)))
        async with self._database.autocommit() as session:
            connection = await raw(session)
            while left:
                # Of one limit, and one of each subject: the second use is counted after the first.
                limit = uses[left[0]][0]
                now = {use: place for place in left if (use := uses[place])[0] == limit}
                step = _step(limit)
                keys = orjson.dumps([key.hex() for _, key in now]).decode()
                given = {"keys": keys, "step": step, "window": step * limit.count}
                for key, wait in await (await connection.execute(self._take, given)).fetchall():
                    waits[now[limit, key]] = wait
                left = [place for place in left if place not in set(now.values())]
            if random.random() < _SWEEP_CHANCE * len(uses):  # noqa: S311
                await connection.execute(self._sweep)
        return waits

    def digest(self, name: str, subject: str) -> bytes:
        """What stands for a subject where it must not be read."""
        return hmac.digest(self._key, f"limit\0{name}\0{subject}".encode(), hashlib.sha256)


def rate_limit_table(metadata: MetaData, schema: str) -> Table:
    """The table for a service's schema, for its models' metadata and its migration. Unlogged:
    after a crash everybody starts anew, which costs nothing."""
    return Table(
        "rate_limit",
        metadata,
        Column("key", LargeBinary, primary_key=True),
        Column("full_at", BigInteger, nullable=False),
        schema=schema,
        prefixes=["UNLOGGED"],
        comment="Public limits; keys are digests, full_at is in microseconds since 1970",
    )


def limited(limit: Limit) -> Callable[[Request], Awaitable[None]]:
    """A dependency that counts each request by the caller's address:
    `dependencies=[Depends(limited(SUBMISSION))]`."""

    async def count(request: Request) -> None:
        await rate_limits(request).take(limit, client_address(request))

    return count


def rate_limits(request: Request) -> RateLimits:
    """The application's limits, for those that count by something else than the address."""
    limits: RateLimits = request.app.state.rate_limits
    return limits


def client_place(request: Request) -> str:
    """Whom to give one place where people take turns: as `client_address`, but of IPv6 the /48,
    which is one customer: each has /64s enough to fill any queue."""
    address = client_address(request)
    if ":" not in address or "/" not in address:
        return address
    return str(ipaddress.ip_network(address).supernet(new_prefix=48))


def client_address(request: Request) -> str:
    """Whom to count: the IPv4 address, or the /64 of an IPv6 one, which is one household; of
    those that carry an IPv4 address (translators, tunnels) that one, or all of its users were one.
    The server has put the address a trusted proxy names in place of the proxy's."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo[1] if address.teredo else None
        within = address.ipv4_mapped or address.sixtofour or teredo
        if within is None and address in _NAT64:
            within = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if within is not None:
            return str(within)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def _step(limit: Limit) -> int:
    return round(limit.seconds / limit.count * _MICRO)


def _seconds(micro: int) -> int:
    return max(1, math.ceil(micro / _MICRO))


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_MICRO = 1_000_000
_PLACE_KEPT = 300.0
_SWEEP_CHANCE = 1 / 1000

# Generic cell rate algorithm: `full_at` is when the bucket will be full again. A use moves it
# one step on, unless that would reach further ahead than the whole window. Gives NULL if
# counted, else the microseconds to wait. The outer SELECT sees the rows as they were before. JSON,
# not an array, which Postgres would count, and plan anew each time.
_NOW = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"
_TAKE = """
WITH given AS MATERIALIZED (
  SELECT decode(value, 'hex') AS key FROM json_array_elements_text(%(keys)s::json)
), taken AS (
  INSERT INTO {schema}.rate_limit AS bucket (key, full_at)
  SELECT key, {now} + %(step)s::bigint FROM given ORDER BY key
  ON CONFLICT (key) DO UPDATE
  SET full_at = greatest(bucket.full_at, {now}) + %(step)s::bigint
  WHERE greatest(bucket.full_at, {now}) + %(step)s::bigint <= {now} + %(window)s::bigint
  RETURNING bucket.key
)
SELECT key, CASE WHEN taken.key IS NULL THEN coalesce(
  (SELECT full_at FROM {schema}.rate_limit before WHERE before.key = given.key)
    + %(step)s::bigint - %(window)s::bigint - {now},
  %(step)s::bigint
) END
FROM given LEFT JOIN taken USING (key)
"""
_GIVE_BACK = "UPDATE {schema}.rate_limit SET full_at = full_at - %(step)s WHERE key = %(key)s"
_KEEP = """
INSERT INTO {schema}.rate_limit (key, full_at) VALUES (%(key)s, {now} + %(length)s::bigint)
ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at
"""
_KEPT = "SELECT full_at > {now} FROM {schema}.rate_limit WHERE key = %(key)s"

# Whose place has come uses it up; who waits goes on waiting; all others get the next place, which
# may be now. A place is kept in `full_at` as the time when it is worth nothing any more.
_TURN = """
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
_SWEEP = "DELETE FROM {schema}.rate_limit WHERE full_at < {now}"
