"""The dinas follows a report up, over the endpoint, through the workflow, into the tables."""

import asyncio
from uuid import uuid4

import pytest

from shared.lifecycle.statuses import Status
from tests.followup.conftest import (
    ABOVE,
    ABOVE_TOO,
    ADMIN,
    BELOW,
    BESIDE,
    OFFICER,
    PUSAT,
    WRITTEN,
    Cluster,
    Who,
)


async def test_a_follow_up_takes_effect_and_is_read(cluster: Cluster) -> None:
    number = await cluster.verified()
    answer = await cluster.follow_up(number, OFFICER, text="  Lubang sudah ditambal.\r\n")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["state"], body["status"]) == ("done", "FOLLOWED_UP")
    assert answer.headers["ETag"] == f'"{body["version"]}"'
    state = await cluster.state(number)
    assert state.status is Status.FOLLOWED_UP
    assert state.auto_close_at is not None
    assert await cluster.words(number) == ["Lubang sudah ditambal."]
    asked = await cluster.get(body["href"], OFFICER)
    assert asked.json() == body


async def test_an_initial_response_leaves_the_ten_days_off(cluster: Cluster) -> None:
    number = await cluster.verified()
    answer = await cluster.follow_up(number, OFFICER, kind="initial_response")
    assert answer.json()["status"] == "FOLLOWED_UP"
    assert (await cluster.state(number)).auto_close_at is None


async def test_a_follow_up_says_that_what_was_asked_cannot_be_met_and_why(
    cluster: Cluster,
) -> None:
    number = await cluster.verified()
    unmet = {"outcome": "cannot_be_met", "unmet_reason": "no_budget"}
    assert (await cluster.follow_up(number, OFFICER, **unmet)).status_code == 200
    (item,) = (await cluster.get(f"/reports/{number}/follow-ups", OFFICER)).json()["items"]
    assert (item["outcome_label"], item["unmet_reason"]) == ("Tidak dapat dipenuhi", "no_budget")


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"outcome": None}, "outcome"),
        ({"outcome": "cannot_be_met"}, "unmet_reason"),
        ({"outcome": "done", "unmet_reason": "other"}, "unmet_reason"),
    ],
)
async def test_a_follow_up_proper_states_its_outcome(
    cluster: Cluster, written: dict[str, str], field: str
) -> None:
    number = await cluster.verified()
    answer = await cluster.follow_up(number, OFFICER, **written)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("who", "status"),
    [(OFFICER, 200), (ADMIN, 200), (ABOVE, 200), (PUSAT, 200), (BELOW, 404), (BESIDE, 404)],
)
async def test_the_handlers_people_and_those_above_follow_up(
    cluster: Cluster, who: Who, status: int
) -> None:
    number = await cluster.verified()
    assert (await cluster.follow_up(number, who)).status_code == status


async def test_an_agency_in_copy_reads_but_does_not_follow_up(cluster: Cluster) -> None:
    number = await cluster.in_process()
    state = await cluster.state(number)
    copied = state.model_copy(update={"copies": (BESIDE[1],)}).model_dump_json()
    await cluster.execute(
        "UPDATE lifecycle.report SET state = %s WHERE number = %s", copied, number
    )
    answer = await cluster.follow_up(number, BESIDE)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_authorised")


async def test_nobody_follows_up_unverified_reports(cluster: Cluster) -> None:
    number = await cluster.unverified()
    answer = await cluster.follow_up(number, ABOVE)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_status")
    assert answer.json()["report_status"] == "UNVERIFIED"
    assert await cluster.words(number) == []


async def test_a_report_that_does_not_exist(cluster: Cluster) -> None:
    answer = await cluster.follow_up(77, PUSAT)
    assert (answer.status_code, answer.json()["code"]) == (404, "report_not_found")


async def test_without_sign_in_or_with_a_reporters(cluster: Cluster) -> None:
    number = await cluster.verified()
    path = f"/reports/{number}/follow-ups"
    assert (await cluster.http.post(path, json=WRITTEN)).status_code == 401
    assert (await cluster.post(path, cluster.bearer(number), WRITTEN)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"text": " \n "}, "text", "text_empty"),
        ({"text": "a" * 5_001}, "text", "text_too_long"),
        ({"kind": "reply"}, "kind", "enum"),
        ({"secret": "yes"}, "secret", "bool_type"),
        ({"status": "CLOSED_BY_ADMIN"}, "status", "extra_forbidden"),
    ],
)
async def test_what_is_not_valid_is_named(
    cluster: Cluster, changes: dict[str, str], field: str, code: str
) -> None:
    number = await cluster.verified()
    answer = await cluster.follow_up(number, OFFICER, **changes)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert (error["field"], error["code"]) == (field, code)


async def test_a_version_seen_before_is_refused(cluster: Cluster) -> None:
    number = await cluster.verified()
    path, version = f"/reports/{number}/follow-ups", (await cluster.state(number)).version
    answer = await cluster.post(path, OFFICER, WRITTEN, version=version - 1)
    assert (answer.status_code, answer.json()["version"]) == (412, version)
    assert (await cluster.post(path, OFFICER, WRITTEN, version=version)).status_code == 200


async def test_the_same_key_five_times_at_once_is_one_follow_up(cluster: Cluster) -> None:
    number, key = await cluster.verified(), uuid4()
    path = f"/reports/{number}/follow-ups"
    answers = await asyncio.gather(
        *(cluster.post(path, OFFICER, WRITTEN, key=key) for _ in range(5))
    )
    assert [a.status_code for a in answers] == [200] * 5
    assert len({a.text for a in answers}) == 1
    assert await cluster.words(number) == ["Lubang sudah ditambal."]
    later = await cluster.post(path, OFFICER, WRITTEN, key=key)
    assert later.text == answers[0].text
    # A key is its caller's own: to others it tells nothing.
    assert (await cluster.post(path, BESIDE, WRITTEN, key=key)).status_code == 404


async def test_a_key_used_for_something_else_is_refused(cluster: Cluster) -> None:
    number, key = await cluster.verified(), uuid4()
    await cluster.post(f"/reports/{number}/follow-ups", OFFICER, WRITTEN, key=key)
    note = {"note": "Tunggu."}
    answer = await cluster.post(f"/reports/{number}/coordination", OFFICER, note, key=key)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    another = await cluster.post(f"/reports/{number}/hold", ABOVE, {"reason": "Tunggu."}, key=key)
    assert another.status_code == 200


async def test_three_follow_ups_at_once_all_stand(cluster: Cluster) -> None:
    number = await cluster.verified()
    answers = await asyncio.gather(
        *(
            cluster.follow_up(number, who, text=f"oleh {who[0]}")
            for who in (OFFICER, ADMIN, ABOVE_TOO)
        )
    )
    assert [a.status_code for a in answers] == [200] * 3
    assert sorted(await cluster.words(number)) == ["oleh 3", "oleh 4", "oleh 6"]
