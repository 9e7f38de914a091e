"""Idempotency keys: whose they are, what they were used for, and who is told of it."""

import asyncio
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest

from tests.followup.conftest import (
    ABOVE,
    ADMIN,
    BESIDE,
    COLLEAGUE,
    OFFICER,
    REASON,
    WRITTEN,
    Cluster,
)

NOTE = {"note": "Mohon dicek di lapangan."}


async def test_two_people_with_one_key_do_not_meet(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    path = f"/reports/{number}/coordination"
    answers = [await cluster.post(path, who, NOTE, key=key) for who in (OFFICER, COLLEAGUE, ADMIN)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.json()["command_id"] for answer in answers}) == 3
    reply = f"/reports/{number}/replies"
    replied = await cluster.post(reply, cluster.bearer(number), {"text": "Belum selesai."}, key=key)
    assert replied.status_code == 200


async def test_who_may_not_read_a_report_learns_nothing_of_its_commands_by_a_key(
    cluster: Cluster,
) -> None:
    number, key = await cluster.in_process(), uuid4()
    path = f"/reports/{number}/coordination"
    assert (await cluster.post(path, OFFICER, NOTE, key=key)).status_code == 200
    for stranger in (BESIDE, cluster.bearer(number + 1)):
        answer = await cluster.post(path, stranger, NOTE, key=key)
        assert answer.status_code in (403, 404), answer.text
        assert "version" not in answer.json()
        assert (await cluster.get(f"/commands/{key}", stranger)).status_code == 404
    # Nor does its author, who has moved to where the report is not read.
    await cluster.execute("UPDATE routing.staff SET agency_id = %s WHERE id = %s", BESIDE[1], 4)
    moved = (OFFICER[0], BESIDE[1], OFFICER[2])
    again = await cluster.post(path, moved, NOTE, key=key)
    assert (again.status_code, again.json()["code"]) == (404, "report_not_found")


async def test_a_key_says_one_thing_once(cluster: Cluster) -> None:
    number, key = await cluster.verified(), uuid4()
    path = f"/reports/{number}/follow-ups"
    first = await cluster.post(path, OFFICER, WRITTEN, key=key)
    assert first.status_code == 200
    for other in (
        {"text": "Lubang belum ditambal."},
        {"outcome": "cannot_be_met", "unmet_reason": "no_budget"},
        {"secret": True},
        {"text": "Lubang sudah ditambal!"},
    ):
        answer = await cluster.post(path, OFFICER, WRITTEN | other, key=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    again = await cluster.post(path, OFFICER, WRITTEN, key=key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert await cluster.words(number) == [WRITTEN["text"]]
    path = f"/reports/{await cluster.verified()}/follow-ups"
    elsewhere = await cluster.post(path, OFFICER, WRITTEN, key=key)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "idempotency_key_reused")


async def test_five_texts_at_once_under_one_key_are_one_text_and_four_conflicts(
    cluster: Cluster,
) -> None:
    number, key = await cluster.in_process(), uuid4()
    path = f"/reports/{number}/replies"
    answers = await asyncio.gather(
        *(
            cluster.post(path, cluster.bearer(number), {"text": f"Balasan ke-{n}"}, key=key)
            for n in range(5)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert len(await cluster.words(number)) == 2  # the follow-up, and one reply


@pytest.mark.parametrize("derived", ["lapor:disposition:{}", "connect.{}.2"])
async def test_nobody_can_take_the_id_of_anothers_command(cluster: Cluster, derived: str) -> None:
    number, mine = await cluster.in_process(), await cluster.in_process()
    key = uuid5(NAMESPACE_URL, derived.format(number))
    claimed = await cluster.post(
        f"/reports/{mine}/replies", cluster.bearer(mine), {"text": "Punya saya."}, key=key
    )
    assert claimed.status_code == 200
    assert UUID(claimed.json()["command_id"]) != key
    theirs = await cluster.post(f"/reports/{number}/coordination", OFFICER, NOTE, key=key)
    assert theirs.status_code == 200


async def test_a_command_of_before_is_known_by_its_key_to_who_gave_it(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    path = f"/reports/{number}/coordination"
    first = (await cluster.post(path, OFFICER, NOTE, key=key)).json()
    await cluster.execute(
        "UPDATE lifecycle.command SET id = %s, digest = NULL WHERE id = %s",
        key,
        first["command_id"],
    )
    again = await cluster.post(path, OFFICER, NOTE, key=key)
    assert again.json()["command_id"] == str(key)
    other = await cluster.post(path, COLLEAGUE, NOTE, key=key)
    assert other.status_code == 200
    assert other.json()["command_id"] != str(key)


async def test_a_command_of_the_last_release_is_known_by_report_and_action(
    cluster: Cluster,
) -> None:
    number, key = await cluster.in_process(), uuid4()
    path = f"/reports/{number}/coordination"
    first = (await cluster.post(path, OFFICER, NOTE, key=key)).json()
    await cluster.execute(
        "UPDATE lifecycle.command SET digest = sha256('of other parts') WHERE id = %s",
        first["command_id"],
    )
    again = await cluster.post(path, OFFICER, NOTE, key=key)
    assert (again.status_code, again.json()["command_id"]) == (200, first["command_id"])
    body = {"kind": "close", **REASON}
    reused = await cluster.post(f"/reports/{number}/requests", OFFICER, body, key=key)
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_request_that_has_ended_is_refused_once_for_all_and_the_refusal_is_kept(
    cluster: Cluster,
) -> None:
    number, key = await cluster.in_process(), uuid4()
    asked = await cluster.post(f"/reports/{number}/requests", OFFICER, {"kind": "close", **REASON})
    request = asked.json()["command_id"]
    await cluster.post(f"/reports/{number}/replies", cluster.bearer(number), {"text": "Belum."})
    path = f"/reports/{number}/requests/{request}/reject"
    for _ in range(2):
        answer = await cluster.post(path, ABOVE, REASON, key=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "request_already_ended")
    kept = (await cluster.get(f"/commands/{key}", ABOVE)).json()
    assert (kept["state"], kept["refusal"]) == ("refused", "no_such_request")
    assert (await cluster.get(f"/commands/{key}/text", ABOVE)).json()["text"] == REASON["reason"]


async def test_an_accepted_request_again_is_accepted_though_it_is_gone(cluster: Cluster) -> None:
    number, key = await cluster.in_process(), uuid4()
    asked = await cluster.post(f"/reports/{number}/requests", OFFICER, {"kind": "hold", **REASON})
    path = f"/reports/{number}/requests/{asked.json()['command_id']}/accept"
    answers = [await cluster.post(path, ABOVE, {}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


async def test_what_is_refused_for_authority_or_version_stays_refused(cluster: Cluster) -> None:
    number = await cluster.in_process()
    refused: list[tuple[Any, dict[str, Any], int]] = [
        (OFFICER, {}, 403),
        (ABOVE, {"version": 1}, 412),
    ]
    for who, how, status in refused:
        key = uuid4()
        for _ in range(2):
            answer = await cluster.post(f"/reports/{number}/hold", who, REASON, key=key, **how)
            assert answer.status_code == status, answer.text
        kept = await cluster.get(f"/commands/{key}", who)
        assert kept.json()["state"] == "refused"


async def test_of_commands_for_one_version_at_the_same_moment_one_is_done(cluster: Cluster) -> None:
    number = await cluster.in_process()
    version = (await cluster.state(number)).version
    path = f"/reports/{number}/coordination"
    answers = await asyncio.gather(
        *(
            cluster.post(path, who, {"note": f"Catatan {who[0]}"}, version=version)
            for who in (OFFICER, COLLEAGUE, ADMIN, ABOVE)
        ),
        cluster.post(f"/reports/{number}/hold", ABOVE, REASON, version=version),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    for answer in answers:
        if answer.status_code == 412:
            assert answer.json()["version"] > version
