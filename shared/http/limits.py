"""Limits that hold across processes: one small table per service, no addresses in it."""

import hashlib
import hmac
import ipaddress
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table

from shared.database.engine import Database, raw
from shared.gathering import Gathering
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
        self._take = _TAKE.format(schema=schema, now=_NOW)
        self._sweep = _SWEEP.format(schema=schema, now=_NOW)
        self._gathering = Gathering(self._together)

    async def take(self, limit: Limit, subject: str) -> None:
        """Count one use by `subject` (an address, a name signed in with, a report number).
        Counts even if the request fails later. Raises the 429 problem with Retry-After;
        what is refused is not counted."""
        wait = await self._gathering.ask((limit, self._digest(limit, subject)))
        if wait is not None:
            raise too_many(max(1, math.ceil(wait / _MICRO)))

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
                step = round(limit.seconds / limit.count * _MICRO)
                keys = sorted(key for _, key in now)
                given = {"keys": keys, "step": step, "window": step * limit.count}
                for key, wait in await (await connection.execute(self._take, given)).fetchall():
                    waits[now[limit, key]] = wait
                left = [place for place in left if place not in set(now.values())]
            if random.random() < _SWEEP_CHANCE * len(uses):  # noqa: S311
                await connection.execute(self._sweep)
        return waits

    def _digest(self, limit: Limit, subject: str) -> bytes:
        return hmac.digest(self._key, f"limit\0{limit.name}\0{subject}".encode(), hashlib.sha256)


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


def client_address(request: Request) -> str:
    """Whom to count: the IPv4 address, or the /64 of an IPv6 one, which is one household.
    The server has put the address a trusted proxy names in place of the proxy's."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


_MICRO = 1_000_000
_SWEEP_CHANCE = 1 / 1000

# Generic cell rate algorithm: `full_at` is when the bucket will be full again. A use moves it
# one step on, unless that would reach further ahead than the whole window. Gives NULL if
# counted, else the microseconds to wait. The outer SELECT sees the rows as they were before.
_NOW = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"
_TAKE = """
WITH given AS (
  SELECT key FROM unnest(%(keys)s::bytea[]) AS given (key)
), taken AS (
  INSERT INTO {schema}.rate_limit AS bucket (key, full_at)
  SELECT key, {now} + %(step)s::bigint FROM given ORDER BY key
  ON CONFLICT (key) DO UPDATE
  SET full_at = greatest(bucket.full_at, {now}) + %(step)s::bigint
  WHERE greatest(bucket.full_at, {now}) + %(step)s::bigint <= {now} + %(window)s::bigint
  RETURNING bucket.key
)
SELECT key, CASE WHEN taken.key IS NULL
  THEN coalesce(before.full_at + %(step)s::bigint - %(window)s::bigint - {now}, %(step)s::bigint)
  END
FROM given LEFT JOIN taken USING (key) LEFT JOIN {schema}.rate_limit before USING (key)
"""
_SWEEP = "DELETE FROM {schema}.rate_limit WHERE full_at < {now}"
