"""Who reports anonymously is known to pusat alone, who says why; a secret report to no public."""

import json

import httpx
import pytest

from shared.lifecycle.people import Role
from tests.cluster import ABOVE, ABOVE_TOO, ADMIN, OFFICER, PUSAT, PUSAT_OFFICER, Who
from tests.privacy.planted import Planted

EVERYBODY = (PUSAT, PUSAT_OFFICER, ABOVE, ABOVE_TOO, ADMIN, OFFICER)
PUBLIC = ("/reports/{n}", "/reports/{n}/attachments/{a}", "/reports?limit=100")


async def get(planted: Planted, service: str, path: str, who: Who | None = None) -> httpx.Response:
    headers = planted.cluster.staff(who) if who else {}
    return await planted.cluster.http.get(planted.cluster.address(service) + path, headers=headers)


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: f"{who[2]}-of-{who[1]}")
async def test_no_reading_names_the_anonymous_reporter(planted: Planted, who: Who) -> None:
    number = planted.numbers["anonymous"]
    read = await get(planted, "routing", f"/reports/{number}", who)
    assert read.status_code == 200
    told = {name: value for name, value in read.json()["reporter"].items() if value is not None}
    assert told == {"hidden": "anonymous"}
    pages = [
        read,
        await get(planted, "followup", f"/reports/{number}/follow-ups", who),
        *[
            await get(planted, "routing", f"/queue?tab={tab}&scope=below&limit=100", who)
            for tab in ("unverified", "in_process", "closed")
        ],
    ]
    person = planted.people["anonymous"]
    for page in pages:
        assert page.status_code == 200, page.text
        assert planted.marks.identities_in(page.text) & _of(planted, person) == set()


@pytest.mark.parametrize("who", EVERYBODY, ids=lambda who: f"{who[2]}-of-{who[1]}")
async def test_who_wrote_down_the_words_of_an_anonymous_visitor_is_pusats_to_know(
    planted: Planted, who: Who
) -> None:
    """They have met the reporter."""
    read = await get(planted, "routing", f"/reports/{planted.numbers['anonymous']}", who)
    report = read.json()
    [line] = [line for line in report["history"] if line["details"].get("brought_by")]
    [words] = [words for words in report["written"] if words["id"] == line["ref"]]
    central = who[2] is Role.CENTRAL_ADMIN
    for actor in (line["actor"], words["author"]):
        assert (actor["staff"] is not None) is central


async def test_no_download_names_the_anonymous_reporter(planted: Planted) -> None:
    wanted = {"selection": {"tab": "incoming", "scope": "below"}, "format": "jsonl"}
    answer = await planted.post("reporting", "/downloads", wanted, planted.cluster.staff(PUSAT))
    assert answer.status_code == 200, answer.text
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) >= len(planted.numbers)
    assert planted.marks.identities_in(answer.text) & _of(planted, planted.people["anonymous"]) == (
        set()
    )


@pytest.mark.parametrize("who", EVERYBODY[1:], ids=lambda who: f"{who[2]}-of-{who[1]}")
async def test_only_pusat_reveals(planted: Planted, who: Who) -> None:
    path = f"/reports/{planted.numbers['anonymous']}/reveal"
    answer = await planted.post(
        "routing", path, {"reason": "Ingin tahu"}, planted.cluster.staff(who)
    )
    assert answer.status_code == 403
    assert planted.marks.identities_in(answer.text) == set()


async def test_a_reveal_needs_a_reason_and_is_recorded_and_shown(planted: Planted) -> None:
    number, pusat = planted.numbers["anonymous"], planted.cluster.staff(PUSAT)
    count = "SELECT count(*) FROM routing.access_log WHERE number = :n AND kind = 'reveal'"
    before = await planted.cluster.value(count, n=number)
    for body in ({"reason": ""}, {"reason": "   "}, {"reason": None, "emergency": 7}):
        refused = await planted.post("routing", f"/reports/{number}/reveal", body, pusat)
        assert refused.status_code == 422
        assert planted.marks.identities_in(refused.text) == set()
    assert await planted.cluster.value(count, n=number) == before
    reason = "Diminta pengadilan"
    shown = await planted.post("routing", f"/reports/{number}/reveal", {"reason": reason}, pusat)
    assert shown.json() == planted.people["anonymous"]
    assert await planted.cluster.value(count, n=number) == before + 1
    for who in (PUSAT, ABOVE, OFFICER):
        history = (await get(planted, "routing", f"/reports/{number}", who)).json()["history"]
        revealed = [line for line in history if line["action"] == "reveal"]
        assert len(revealed) == before + 1
        assert {line["kind"] for line in revealed} == {"reading"}
        assert {line["actor"]["staff"]["id"] for line in revealed} == {PUSAT[0]}
        # Why may be said with the name that was revealed.
        why = {line["words"] for line in revealed}
        assert reason in why if who == PUSAT else why == {None}
    own = await planted.cluster.http.get(
        planted.cluster.address("intake") + f"/reports/{number}",
        headers=planted.reporter("anonymous"),
    )
    assert reason not in own.text


async def test_the_access_log_is_append_only(planted: Planted) -> None:
    with planted.cluster.postgres.administer("lapor") as administrator:
        for role in ("lapor_routing", "lapor_followup", "lapor_intake", "lapor_worker"):
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                for table in ("routing.access_log", "lifecycle.history"):
                    asked = "SELECT has_table_privilege(%s, %s, %s)"
                    row = administrator.execute(asked, (role, table, right)).fetchone()
                    assert row == (False,), (role, right, table)


async def test_to_the_public_a_secret_report_is_not_there(planted: Planted) -> None:
    number = planted.numbers["secret"]
    query = "SELECT id FROM intake.attachment WHERE number = :n"
    attachment = await planted.cluster.value(query, n=number)
    never = await get(planted, "intake", "/reports/99999999")
    for path in PUBLIC[:2]:
        answer = await get(planted, "intake", path.format(n=number, a=attachment))
        assert answer.status_code == 404
        assert _without_ids(answer) == _without_ids(never)
    listed = await get(planted, "intake", PUBLIC[2])
    assert number not in [item["number"] for item in listed.json()["items"]]
    page = await planted.cluster.http.get(
        planted.cluster.addresses.public_base_url + f"/laporan/{number}"
    )
    assert page.status_code == 404
    assert planted.marks.words & planted.marks.all_in(page.text) == set()


async def test_nobody_else_reads_a_secret_report_as_its_reporter(planted: Planted) -> None:
    number = planted.numbers["secret"]
    there = planted.cluster.address("intake") + f"/reports/{number}"
    other = await planted.cluster.http.get(there, headers=planted.reporter("anonymous"))
    assert other.status_code == 404
    own = await planted.cluster.http.get(there, headers=planted.reporter("secret"))
    assert own.status_code == 200


def _of(planted: Planted, person: dict[str, str]) -> set[str]:
    """The marks of one person."""
    return planted.marks.identities_in(" ".join(person.values()))


def _without_ids(answer: httpx.Response) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name != "instance"}
