"""Limits that hold across processes, in one small table for each service, without addresses."""

import hashlib
import hmac
import math
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from fastapi import Request
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.batcher import Batcher
from shared.database.engine import Database, raw
from shared.http.callers import client_address
from shared.http.limit_statements import GIVE_BACK, KEEP, KEPT, NOW, SWEEP, TAKEN, TURN
from shared.http.problems import too_many


@dataclass(frozen=True)
class Limit:
    """At most `count` uses at once, refilled evenly over `seconds`. `name` keeps limits apart."""

    name: str
    count: int
    seconds: float


Use = tuple[Limit, bytes]
"""A limit, and the digest of the subject who uses it."""


class RateLimits:
    """Token buckets in `<schema>.rate_limit`, keyed by a digest of limit and subject.

    The service's role needs SELECT, INSERT, UPDATE and DELETE on that table and nothing else.
    """

    def __init__(self, database: Database, schema: str, key: str) -> None:
        self._database = database
        self._key = key.encode()
        # `taken` begins each statement that also counts uses (see `limit_statements`).
        self.taken, self._sweep, self._give_back, self._keep, self._kept, self._turn = (
            statement.format(schema=schema, now=NOW)
            for statement in (TAKEN, SWEEP, GIVE_BACK, KEEP, KEPT, TURN)
        )
        self._take = f"WITH {self.taken} SELECT key, wait FROM waits"  # noqa: S608
        self._gathering = Batcher(self._together)

    async def take(self, limit: Limit, subject: str) -> None:
        """Count one use by `subject` (an address, a user name, a report number).

        It counts even if the request fails later. Raises the 429 problem with Retry-After; a
        refused use is not counted.
        """
        if (wait := await self.wait(limit, subject)) is not None:
            raise too_many(wait)

    async def wait(self, limit: Limit, subject: str) -> int | None:
        """Like `take`, but returns the seconds to wait, or None if the use was counted."""
        return await self._gathering.ask(self.use(limit, subject))

    def use(self, limit: Limit, subject: str) -> Use:
        """A use to give to `count`."""
        return limit, self.digest(limit.name, subject)

    async def give_back(self, limit: Limit, subject: str) -> None:
        """Take back a use that was counted."""
        parameters = {"key": self.digest(limit.name, subject), "step": _step(limit)}
        await self._one(self._give_back, parameters)

    async def remember(self, name: str, subject: str, time: timedelta) -> None:
        """Remember for `time` that this subject did something."""
        key, length = self.digest(f"known {name}", subject), round(time.total_seconds() * _MICRO)
        await self._one(self._keep, {"key": key, "length": length})

    async def remembers(self, name: str, subject: str) -> bool:
        """Whether the subject did so, within the time for which it is remembered."""
        return bool(await self._one(self._kept, {"key": self.digest(f"known {name}", subject)}))

    async def turn(self, name: str, what: str, who: str, seconds: float) -> int:
        """0 if it is this caller's turn, otherwise the seconds until it is.

        Turns are `seconds` apart. A caller keeps a place for some minutes after its turn. A place
        further ahead than that is given to nobody yet: otherwise each new caller would lengthen the
        queue. All of them ask again.
        """
        parameters = {
            "turn": self.digest(f"turn {name}", what),
            "place": self.digest(f"place {name}", f"{what}\0{who}"),
            "step": round(seconds * _MICRO),
            "kept": round(_PLACE_KEPT * _MICRO),
        }
        wait = int(await self._one(self._turn, parameters))
        return seconds_of(wait) if wait > 0 else 0

    async def _one(self, statement: str, parameters: Mapping[str, Any]) -> Any:
        """The only value that a statement returns, None if it returns none."""
        async with self._database.autocommit() as session:
            cursor = await (await raw(session)).execute(statement, parameters)
            row = await cursor.fetchone() if cursor.description else None
            return row[0] if row else None

    async def _together(self, uses: Sequence[Use]) -> Sequence[int | None]:
        async with self._database.autocommit() as session:
            return await self.count(session, uses)

    async def count(self, session: AsyncConnection, uses: Sequence[Use]) -> list[int | None]:
        """Count uses on an autocommit connection; returns results like `wait`, in their order."""
        waits: list[int | None] = [None] * len(uses)
        left = list(range(len(uses)))
        connection = await raw(session)
        while left:
            # Uses of one limit, one of each subject: a second use is counted after the first.
            limit = uses[left[0]][0]
            now = {use: position for position in left if (use := uses[position])[0] == limit}
            parameters = self.parameters(limit, [key for _, key in now])
            for key, wait in await (await connection.execute(self._take, parameters)).fetchall():
                waits[now[limit, key]] = None if wait is None else seconds_of(wait)
            left = [position for position in left if position not in set(now.values())]
        await self.sweep(session, len(uses))
        return waits

    def parameters(self, limit: Limit, keys: Sequence[bytes]) -> dict[str, Any]:
        """The parameters of `taken`, for one use of a limit by each of different subjects."""
        step = _step(limit)
        named = orjson.dumps([key.hex() for key in keys]).decode()
        return {"keys": named, "step": step, "window": step * limit.count}

    async def sweep(self, session: AsyncConnection, uses: int) -> None:
        """Now and then, depending on how much is counted, delete subjects whose bucket is full
        again."""
        if random.random() < _SWEEP_CHANCE * uses:  # noqa: S311
            await (await raw(session)).execute(self._sweep)

    def digest(self, name: str, subject: str) -> bytes:
        """The digest that is stored for a subject, which must not be readable."""
        return hmac.digest(self._key, f"limit\0{name}\0{subject}".encode(), hashlib.sha256)


def rate_limit_table(metadata: MetaData, schema: str) -> Table:
    """The table for a service's schema, for its models' metadata and its migration.

    It is unlogged: after a crash all counts start anew, which does no harm.
    """
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
    """A dependency that counts each request by the caller's address.

    Used as `dependencies=[Depends(limited(SUBMISSION))]`.
    """

    async def count(request: Request) -> None:
        await rate_limits(request).take(limit, client_address(request))

    return count


def rate_limits(request: Request) -> RateLimits:
    """The application's limits, for code that counts by something other than the address."""
    limits: RateLimits = request.app.state.rate_limits
    return limits


def _step(limit: Limit) -> int:
    return round(limit.seconds / limit.count * _MICRO)


def seconds_of(micro: int) -> int:
    """The seconds to wait, from the microseconds that `taken` returns."""
    return max(1, math.ceil(micro / _MICRO))


_MICRO = 1_000_000
_PLACE_KEPT = 300.0
_SWEEP_CHANCE = 1 / 1000
