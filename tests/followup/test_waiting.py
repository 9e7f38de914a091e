"""Commands outlive what is away: the answer is 202, and later they are done."""

import asyncio
from uuid import uuid4

from shared.database.engine import Database
from shared.settings import Settings
from tests.followup.conftest import ABOVE, OFFICER, REASON, WRITTEN, Cluster, cluster_on
from workflows.launcher import Launcher
from workflows.resend_commands import Resending


async def test_with_the_worker_down_a_command_waits_and_is_done_when_it_is_back(
    cluster: Cluster,
) -> None:
    number, key = await cluster.verified(), uuid4()
    path = f"/reports/{number}/follow-ups"
    await cluster.stop_worker()
    answer = await cluster.post(path, OFFICER, WRITTEN, key=key)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert answer.headers["Location"] == answer.json()["href"]
    assert (await cluster.get(answer.json()["href"], OFFICER)).json()["state"] == "waiting"
    assert (await cluster.get(f"/commands/{key}", OFFICER)).json()["state"] == "waiting"
    assert await cluster.words(number) == []
    await cluster.start_worker()
    again = await cluster.post(path, OFFICER, WRITTEN, key=key)
    assert (again.status_code, again.json()["status"]) == (200, "FOLLOWED_UP")
    assert await cluster.words(number) == [WRITTEN["text"]]


async def test_with_temporal_away_commands_are_accepted_and_sent_again_later(
    cluster: Cluster, followup_settings: Settings, owner: Database, worker_database: Database
) -> None:
    number = await cluster.in_process()
    cut_off = followup_settings.model_copy(update={"temporal_address": "127.0.0.1:1"})
    async with cluster_on(cut_off, owner, worker_database) as alone:
        async with asyncio.timeout(120):
            while (await alone.http.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.2)
        held, replied = await asyncio.gather(
            alone.post(f"/reports/{number}/hold", ABOVE, REASON),
            alone.post(f"/reports/{number}/replies", alone.bearer(number), {"text": "Belum."}),
        )
        assert [held.status_code, replied.status_code] == [202, 202]
        assert await alone.words(number) == [WRITTEN["text"]]
    await cluster.execute("UPDATE lifecycle.command SET at = at - interval '1 minute'")
    await Resending(
        worker_database, cluster.gateway, Launcher(worker_database, cluster.gateway)
    ).once()
    outcomes = [
        (await cluster.get(held.json()["href"], ABOVE)).json(),
        (await cluster.get(replied.json()["href"], cluster.bearer(number))).json(),
    ]
    assert [o["state"] for o in outcomes] == ["done", "done"]
    state = await cluster.state(number)
    assert (state.held, state.status) == (True, "REPLIED_BY_REPORTER")
