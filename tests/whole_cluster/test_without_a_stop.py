"""Copies are replaced and the standby promoted while people work: nothing fails or is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from deploy.cluster.layout import NATS
from deploy.cluster.leaders import NOBODY, ROLE, leaders
from shared.bus.streams import STREAMS
from tests.chaos.people import somewhere
from tests.deadlines import READY_WITHIN
from tests.whole_cluster.channels import Crowd
from tests.whole_cluster.checks import everything_holds
from tests.whole_cluster.whole import WholeCluster

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(900)]


async def test_services_are_replaced_one_by_one_and_no_request_fails(
    whole: WholeCluster, crowd: Crowd
) -> None:
    async with _asking_without_patience(crowd) as asked:
        for service in ("intake", "routing", "followup", "portal"):
            await whole.replace(service)
    assert len(asked) > 20
    assert {status for _, status in asked} <= {200, 201}, asked
    await everything_holds(crowd)


@pytest.mark.parametrize("kill", [False, True])
async def test_the_standby_is_promoted_while_commands_run_and_nothing_accepted_is_lost(
    whole: WholeCluster, crowd: Crowd, kill: bool
) -> None:
    former = (await leaders(whole.settings_of(ROLE)))["Postgres"]
    async with crowd.at_work(lanes=3, at_least=len(crowd.accepted) + 3):
        assert await whole.promote(kill=kill) != former
        await whole.ready(former)
    await everything_holds(crowd)


async def test_the_screen_names_who_leads_and_who_takes_over(
    whole: WholeCluster, crowd: Crowd
) -> None:
    led = await leaders(whole.settings_of(ROLE))
    assert {led[stream.name].split(",")[0] for stream in STREAMS} <= set(NATS)
    carries = led["relay"]
    assert carries in ("relay-1", "relay-2")
    child = whole.children[carries]
    assert child.process is not None
    child.process.kill()
    async with asyncio.timeout(READY_WITHIN):
        while (await leaders(whole.settings_of(ROLE)))["relay"] in (carries, NOBODY):
            await asyncio.sleep(0.2)
    await crowd.in_process()
    await everything_holds(crowd)


@asynccontextmanager
async def _asking_without_patience(
    crowd: Crowd,
) -> AsyncIterator[list[tuple[str, int]]]:
    """One report after the other, with every answer, while the block runs: nobody asks twice."""
    asked: list[tuple[str, int]] = []
    over, numbers = asyncio.Event(), count(1)

    async def ask(path: str, body: dict[str, Any]) -> None:
        key = uuid4()
        answer = await crowd.ask("intake", path, body, somewhere(), key)
        asked.append((path, answer.status_code))
        if answer.status_code == 201:
            crowd.accepted[key] = int(answer.json()["number"])

    async def lane() -> None:
        portal, address = crowd.cluster.http, crowd.cluster.addresses.public_base_url
        while not over.is_set():
            body: dict[str, Any] = {
                "classification": "complaint",
                "title": f"Lampu mati {next(numbers)}",
                "body": "Lampu jalan mati sejak kemarin.",
                "reporter": {"name": "Warga", "phone": "+6281234567890"},
            }
            await ask("/reports", body)
            page = await portal.get(f"{address}/buat-laporan")
            asked.append(("/buat-laporan", page.status_code))
            await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(lane())
        try:
            yield asked
        finally:
            over.set()
