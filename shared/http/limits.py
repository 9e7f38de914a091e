"""Limits that hold across processes: one small table per service, no addresses in it."""

import hashlib
import hmac
import ipaddress
import math
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, text

from shared.database.engine import Database
from shared.http.problems import too_many


@dataclass(frozen=True)
class Limit:
    """At most `count` at once, refilled evenly over `seconds`. `name` keeps limits apart."""

    name: str
    count: int
    seconds: float


class RateLimits:
    """Token buckets in `<schema>.rate_limit`, keyed by a digest of limit and subject.

    The service's role needs SELECT, INSERT, UPDATE, DELETE on that table and nothing else.
    """

    def __init__(self, database: Database, schema: str, key: str) -> None:
        self._database = database
        self._key = key.encode()
        self._take = text(_TAKE.format(schema=schema, now=_NOW))
        self._sweep = text(_SWEEP.format(schema=schema, now=_NOW))

    async def take(self, limit: Limit, subject: str) -> None:
        """Count one use by `subject` (an address, a name signed in with, a report number).
        Counts even if the request fails later. Raises the 429 problem with Retry-After;
        what is refused is not counted."""
        step = round(limit.seconds / limit.count * _MICRO)
        parameters = {
            "key": self._digest(limit, subject),
            "step": step,
            "window": step * limit.count,
        }
        async with self._database.autocommit() as connection:
            wait = (await connection.execute(self._take, parameters)).scalar_one()
            if random.random() < _SWEEP_CHANCE:  # noqa: S311
                await connection.execute(self._sweep)
        if wait is not None:
            raise too_many(max(1, math.ceil(wait / _MICRO)))

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
# counted, else the microseconds to wait. The outer SELECT sees the row as it was before.
_NOW = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"
_TAKE = """
WITH taken AS (
  INSERT INTO {schema}.rate_limit AS bucket (key, full_at)
  VALUES (CAST(:key AS bytea), {now} + CAST(:step AS bigint))
  ON CONFLICT (key) DO UPDATE
  SET full_at = greatest(bucket.full_at, {now}) + CAST(:step AS bigint)
  WHERE greatest(bucket.full_at, {now}) + CAST(:step AS bigint) <= {now} + CAST(:window AS bigint)
  RETURNING 1
)
SELECT CASE WHEN EXISTS (SELECT FROM taken) THEN NULL ELSE coalesce((
  SELECT full_at + CAST(:step AS bigint) - CAST(:window AS bigint) - {now}
  FROM {schema}.rate_limit WHERE key = CAST(:key AS bytea)
), CAST(:step AS bigint)) END
"""
_SWEEP = "DELETE FROM {schema}.rate_limit WHERE full_at < {now}"
