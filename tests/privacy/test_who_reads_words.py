"""What the staff's page says of who reads words, and who does read them."""

import pytest

from tests.cluster import PUSAT
from tests.privacy.planted import Planted
from tests.privacy.test_anonymous_and_secret import get


async def test_words_are_read_by_whom_the_staff_page_names_and_nobody_else(
    planted: Planted,
) -> None:
    seen: set[tuple[str, frozenset[str]]] = set()
    for which in ("anonymous", "secret"):
        number = planted.numbers[which]
        staff = (await get(planted, "routing", f"/reports/{number}", PUSAT)).json()
        address = planted.cluster.address("intake") + f"/reports/{number}"
        own = await planted.cluster.http.get(address, headers=planted.reporter(which))
        assert own.json()["view"] == "reporter"
        public = await planted.cluster.http.get(address)
        for line in staff["written"]:
            if not line["words"]:
                continue
            seen.add((line["action"], frozenset(line["read_by"])))
            assert (line["words"] in own.text) is ("reporter" in line["read_by"]), line
            assert (line["words"] in public.text) is ("public" in line["read_by"]), line
        for request in staff["requests"]:
            its_own = request["kind"] == "objection"
            assert (request["reason"] in own.text) is its_own, request
    kinds = {action for action, _ in seen}
    assert {"defer", "coordinate", "follow_up", "reply", "hold", "reject_request"} <= kinds
    assert ("close", frozenset({"reporter"})) in seen
    assert ("reopen", frozenset({"reporter"})) in seen  # accepted: the note is the reopening's


@pytest.mark.parametrize("which", ["anonymous", "secret"])
async def test_no_download_holds_what_the_reporter_alone_reads(
    planted: Planted, which: str
) -> None:
    """A file that travels holds the report and the reason of a deferral or archiving."""
    number = planted.numbers[which]
    staff = (await get(planted, "routing", f"/reports/{number}", PUSAT)).json()
    wanted = {"selection": {"tab": "incoming", "scope": "below"}, "format": "jsonl"}
    answer = await planted.post("reporting", "/downloads", wanted, planted.cluster.staff(PUSAT))
    assert answer.status_code == 200, answer.text
    for line in staff["written"]:
        if line["words"] and line["action"] not in ("defer", "archive"):
            assert line["words"] not in answer.text, line
