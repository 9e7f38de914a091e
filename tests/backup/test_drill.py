"""The drill: a country at work is backed up, lost and restored elsewhere, and every promise is
looked at, of all that came back."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.backup.folder import BackupFolder
from deploy.backup.postgres import segments
from deploy.backup.restore import restore
from deploy.backup.sealing import new_key
from deploy.backup.take import copy_all_streams
from deploy.credentials import environment
from deploy.local.child import Child
from deploy.local.postgres import BACKUP
from deploy.local.processes import KEEPER
from shared import clock
from tests.chaos.invariants import what_came_back_holds
from tests.chaos.people import People
from tests.cluster import Cluster
from tests.deadlines import READY_WITHIN

PROCESSES = ("intake", "routing", "followup", "worker", "relay")
log = logging.getLogger(__name__)


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[People]:
    cluster = Cluster(tmp_path / "before")
    try:
        await cluster.settle(PROCESSES)
        yield People(cluster)
    finally:
        await cluster.close()


@pytest.mark.nightly
@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_a_country_at_work_is_lost_and_goes_on_from_its_backup(
    people: People, tmp_path: Path
) -> None:
    cluster, folder = people.cluster, BackupFolder.at(tmp_path / "backups")
    opens, seals = new_key()
    key_file = tmp_path / "key.txt"
    key_file.write_text(opens)
    keeper = _keeper(cluster, folder, seals)
    keeper.start()
    async with people.at_work():
        async with asyncio.timeout(READY_WITHIN):
            while not (folder.backups() and segments(folder.wal)):
                assert keeper.alive, keeper.log.read_text()
                await asyncio.sleep(0.2)
        await _more_accepted(people, 5)
        by_the_moment, moment = set(people.accepted.values()), clock.now()
        await _more_accepted(people, 5)
        await copy_all_streams(folder, cluster.settings_of(BACKUP))
        await _more_accepted(people, 5)
        by_the_end = set(people.accepted.values())
        os.kill(keeper.pid, signal.SIGKILL)  # with the machine; the rest of it a moment later
    await keeper.stop()
    highest = max(people.accepted.values())
    for server in ("postgres", "nats", "temporal"):
        cluster.kill(server)

    latest = await restore(folder, tmp_path / "latest", None, key_file, lambda _: None)
    assert latest.afterwards is not None
    assert latest.afterwards.republished
    lost = by_the_end - await _numbers(tmp_path / "latest")
    log.warning("of %s reports accepted, %s are lost with the machine", len(by_the_end), len(lost))
    assert not lost

    outage = time.monotonic()
    restored = await restore(folder, tmp_path / "after", moment, key_file, lambda _: None)
    assert restored.afterwards is not None
    log.warning("restored in %.1f s: %s", time.monotonic() - outage, restored)
    after = Cluster(tmp_path / "after")
    try:
        await after.resume(PROCESSES)
        log.warning("at work again after %.1f s", time.monotonic() - outage)
        there = {row.number for row in await after.rows("SELECT number FROM lifecycle.report")}
        assert by_the_moment <= there
        assert restored.afterwards.lost
        assert not there & set(restored.afterwards.lost)
        await what_came_back_holds(after, restored.afterwards.renewed)
        log.warning("every promise after %.1f s", time.monotonic() - outage)
        again = People(after)
        number = await again.in_process()
        assert number > highest
        for renewed in restored.afterwards.renewed[:3]:
            await _does_what_it_still_can(again, renewed)
        await what_came_back_holds(after, restored.afterwards.renewed)
    finally:
        await after.close()


def _keeper(cluster: Cluster, folder: BackupFolder, seals: str) -> Child:
    variables = environment(cluster.addresses, cluster.credentials, BACKUP, KEEPER.name)
    variables |= {"LAPOR_BACKUP_DIR": str(folder.path), "LAPOR_BACKUP_RECIPIENT": seals}
    command = [sys.executable, "-m", KEEPER.module]
    return Child("keeper", cluster.folder, command, environment=os.environ | variables)


async def _more_accepted(people: People, number: int) -> None:
    enough = len(people.accepted) + number
    async with asyncio.timeout(60):
        while len(people.accepted) < enough:
            await asyncio.sleep(0.05)


async def _numbers(folder: Path) -> set[int]:
    """The reports that Postgres has there."""
    there = Cluster(folder)
    [postgres] = [server for server in there._servers() if server.name == "postgres"]
    await postgres.prepare()
    postgres.start()
    try:
        await postgres.wait_ready(READY_WITHIN)
        there.children["postgres"] = postgres
        there.postgres.create_roles(there.credentials.roles)
        return {row.number for row in await there.rows("SELECT number FROM lifecycle.report")}
    finally:
        await there.close()


async def _does_what_it_still_can(people: People, number: int) -> None:
    """The next step of a life that was interrupted, by where it stands now."""
    status = await people.cluster.value(
        "SELECT status FROM lifecycle.report WHERE number = :n", n=number
    )
    if status == "UNVERIFIED":
        await people.verify(number)
    elif status == "VERIFIED":
        await people.follow_up(number)
    elif status == "FOLLOWED_UP":
        await people.close(number)
