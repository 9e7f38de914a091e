"""A follow-up is taken back; staff keep its words."""

import asyncio
from uuid import uuid4

from sqlalchemy import text

from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import Zone
from shared.lifecycle.commands import Handing
from tests.followup.conftest import (
    ABOVE,
    ADMIN,
    BELOW,
    BESIDE,
    COLLEAGUE,
    OFFICER,
    PUSAT,
    REASON,
    Cluster,
)
from tests.workflows.country import CENTRAL, MISSION, ROOT

_SECRET = text("""
SELECT secret FROM followup.published_message WHERE number = :n AND action = 'rectify' ORDER BY at
""")


async def test_a_follow_up_is_taken_back_by_who_wrote_it_or_an_admin_above(
    cluster: Cluster,
) -> None:
    number = await cluster.verified()
    wrong = (await cluster.follow_up(number, OFFICER)).json()["command_id"]
    again = (await cluster.follow_up(number, OFFICER, secret=True)).json()["command_id"]
    before = await cluster.state(number)
    path, body = f"/reports/{number}/rectify", {"rectifies": wrong, **REASON}
    answer = await cluster.post(path, COLLEAGUE, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_authorised")
    unknown = await cluster.post(path, OFFICER, {"rectifies": str(uuid4()), **REASON})
    assert unknown.status_code == 422
    assert (await cluster.post(path, OFFICER, body)).status_code == 200
    twice = await cluster.post(path, ADMIN, body)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_rectified")
    assert (await cluster.post(path, ABOVE, body | {"rectifies": again})).status_code == 200

    items = (await cluster.get(f"/reports/{number}/follow-ups", OFFICER)).json()["items"]
    assert [(item["rectified"], item["text"]) for item in items] == [
        (True, "Lubang sudah ditambal."),
        (True, "Lubang sudah ditambal."),
    ]
    async with cluster.owner.session() as session:
        rows = await session.execute(_SECRET, {"n": number})
        assert list(rows.scalars()) == [False, True]  # why a secret one was taken back is secret
    after = await cluster.state(number)
    assert (after.status, after.clocks) == (before.status, before.clocks)


async def test_of_two_who_take_it_back_at_once_one_is_told_that_it_was(cluster: Cluster) -> None:
    number = await cluster.verified()
    wrong = (await cluster.follow_up(number, OFFICER)).json()["command_id"]
    path, body = f"/reports/{number}/rectify", {"rectifies": wrong, **REASON}
    answers = await asyncio.gather(*(cluster.post(path, who, body) for who in (OFFICER, ADMIN)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["code"] == "already_rectified"
    told = await cluster.reports.rows(
        "SELECT 1 FROM lifecycle.history WHERE number = :n AND action = 'rectify'", n=number
    )
    assert len(told) == 1


async def test_who_wrote_it_takes_it_back_though_another_agency_has_the_report(
    cluster: Cluster,
) -> None:
    number = await cluster.verified()
    wrong = (await cluster.follow_up(number, OFFICER)).json()["command_id"]
    await cluster.does(number, Action.FORWARD, CENTRAL, handing=_to_mission())
    assert (await cluster.get(f"/reports/{number}/follow-ups", OFFICER)).status_code == 404
    path, body = f"/reports/{number}/rectify", {"rectifies": wrong, **REASON}
    for who, status in ((BELOW, 404), (COLLEAGUE, 403), (BESIDE, 403)):
        assert (await cluster.post(path, who, body)).status_code == status, who
    answer = await cluster.post(path, OFFICER, body)
    assert answer.status_code == 200, answer.text
    [line] = (await cluster.get(f"/reports/{number}/follow-ups", PUSAT)).json()["items"]
    assert line["rectified"]


def _to_mission() -> Handing:
    return Handing(chain=(ROOT, MISSION), zone=Zone.WIB)
