"""Limits hold across processes and keep no addresses."""

import asyncio

import pytest
from fastapi import APIRouter, Depends
from sqlalchemy import text

from shared.database.engine import Database
from shared.http.limits import Limit, RateLimits, limited
from shared.http.problems import Problem
from tests.http.conftest import Calling

router = APIRouter()
HOURLY = Limit("hourly", 3, 3600)


@router.post("/submissions", dependencies=[Depends(limited(HOURLY))])
async def submit() -> None:
    return None


async def test_the_fourth_in_an_hour_is_told_when_to_come_back(
    calling: Calling, database: Database
) -> None:
    async with calling(router, "198.51.100.1") as client:
        answers = [await client.post("/submissions") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 1150 < int(answers[3].headers["retry-after"]) <= 1200
    async with calling(router, "198.51.100.2") as somebody_else:
        assert (await somebody_else.post("/submissions")).status_code == 200
    async with database.session() as session:
        rows = await session.execute(text("SELECT key FROM intake.rate_limit"))
        keys = [bytes(row.key) for row in rows]
    assert all(len(key) == 32 and b"198" not in key for key in keys)


async def test_a_household_is_one_caller_over_ipv6(calling: Calling) -> None:
    statuses = []
    for last in range(4):
        async with calling(router, f"2001:db8:1:2::{last}") as client:
            statuses.append((await client.post("/submissions")).status_code)
    assert statuses == [200, 200, 200, 429]


async def test_many_at_once_from_two_processes_do_not_get_past(database: Database) -> None:
    first = RateLimits(database, "intake", "k" * 32)
    second = RateLimits(database, "intake", "k" * 32)
    limit = Limit("burst", 7, 60)

    async def one(limits: RateLimits) -> bool:
        try:
            await limits.take(limit, "somebody")
        except Problem:
            return False
        return True

    allowed = await asyncio.gather(*(one(limits) for _ in range(10) for limits in (first, second)))
    assert sum(allowed) == 7


async def test_the_bucket_fills_again(database: Database) -> None:
    limits = RateLimits(database, "intake", "k" * 32)
    limit = Limit("quick", 2, 0.2)
    for _ in range(2):
        await limits.take(limit, "somebody")
    with pytest.raises(Problem) as refused:
        await limits.take(limit, "somebody")
    assert refused.value.headers == {"Retry-After": "1"}
    await asyncio.sleep(0.11)
    await limits.take(limit, "somebody")
