"""A follow-up is taken back; staff keep its words."""

from uuid import uuid4

from sqlalchemy import text

from tests.followup.conftest import ABOVE, ADMIN, COLLEAGUE, OFFICER, REASON, Cluster

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
