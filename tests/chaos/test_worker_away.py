"""The worker is down while commands arrive, and while deadlines pass."""

import asyncio
from collections import defaultdict
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.lifecycle.statuses import Status
from tests.chaos.invariants import all_promises_are_kept
from tests.chaos.people import FOLLOW_UP, VERIFICATION, People
from tests.cluster import ABOVE, BELOW, OFFICER, Who
from tests.workflows.country import BIDANG

SECONDS = 5
REPLY = {"text": "Belum selesai."}
_KEYS: defaultdict[int, UUID] = defaultdict(uuid4)
"""The key of each report's one reply."""


@pytest.mark.nightly
async def test_commands_that_come_meanwhile_are_carried_out_afterwards(people: People) -> None:
    cluster = people.cluster
    fresh = [await people.submit() for _ in range(3)]
    verified = [await people.submit() for _ in range(3)]
    await asyncio.gather(*map(people.verify, verified))
    asked: list[tuple[str, int, str, Who, dict[str, Any]]]
    asked = [("routing", n, "verify", ABOVE, VERIFICATION) for n in fresh]
    asked += [("followup", n, "follow-ups", OFFICER, FOLLOW_UP) for n in verified]
    async with cluster.without("worker"):
        answers = await asyncio.gather(
            *(
                people.ask(service, f"/reports/{n}/{what}", body, cluster.staff(who), uuid4())
                for service, n, what, who, body in asked
            )
        )
        assert [answer.status_code for answer in answers] == [202] * 6
        assert {answer.json()["state"] for answer in answers} == {"waiting"}
    await all_promises_are_kept(people)
    for (service, *_, who, _), answer in zip(asked, answers, strict=True):
        there = cluster.address(service) + answer.headers["Location"]
        outcome = await cluster.http.get(there, headers=cluster.staff(who))
        assert outcome.json()["state"] == "done"


async def test_who_asked_in_time_wins_over_the_deadline_that_passed_meanwhile(
    people: People,
) -> None:
    cluster = people.cluster
    await cluster.set_policy(BIDANG, auto_close={"amount": SECONDS, "unit": "seconds"})
    in_time, late, silent = [await _followed_up_below(people) for _ in range(3)]
    async with cluster.without("worker"):
        # The last one closes at its time; the clocks of all run from their follow-ups.
        first = asyncio.create_task(_reply(people, in_time))
        await asyncio.sleep(SECONDS + 2)
        second = await _reply(people, late)
        assert (await first).status_code == 202
        assert second.status_code == 202
        assert await _status(people, silent) == Status.FOLLOWED_UP
    await all_promises_are_kept(people)
    async with asyncio.timeout(20):
        while await _status(people, silent) != Status.CLOSED_BY_SYSTEM:
            await asyncio.sleep(0.2)
    assert await _status(people, in_time) == Status.REPLIED_BY_REPORTER
    assert await _status(people, late) == Status.CLOSED_BY_SYSTEM
    refused = await people.insist(
        "followup", f"/reports/{late}/replies", REPLY, cluster.reporter(late), _KEYS[late]
    )
    assert refused.status_code == 409
    assert refused.json()["report_status"] == Status.CLOSED_BY_SYSTEM
    await all_promises_are_kept(people)


async def _followed_up_below(people: People) -> int:
    number = await people.submit()
    await people.does("routing", number, "verify", ABOVE, VERIFICATION | {"agency_id": BIDANG})
    await people.does("followup", number, "follow-ups", BELOW, FOLLOW_UP)
    return number


async def _reply(people: People, number: int) -> httpx.Response:
    return await people.ask(
        "followup",
        f"/reports/{number}/replies",
        REPLY,
        people.cluster.reporter(number),
        _KEYS[number],
    )


async def _status(people: People, number: int) -> str:
    query = "SELECT status FROM lifecycle.report WHERE number = :n"
    return str(await people.cluster.value(query, n=number))
