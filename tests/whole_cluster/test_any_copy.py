"""Any request to any copy: what one began another goes on with."""

import re
from uuid import uuid4

import httpx
import pytest

from deploy.cluster.layout import names_of
from tests.chaos.people import REASON, People
from tests.cluster import OFFICER
from tests.portal.alternating import Alternating, reports_with_a_picture
from tests.portal.test_chosen_files import picture
from tests.whole_cluster.whole import WholeCluster

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(900)]


async def test_the_steps_of_a_form_with_a_file_reach_every_portal_and_every_intake(
    whole: WholeCluster, crowd: People[WholeCluster]
) -> None:
    copies = [*names_of("portal"), *names_of("intake")]
    before = [await _answered(whole, copy) for copy in copies]
    with httpx.Client(timeout=60) as http:  # Caddy gives each request to the next copy
        browser = Alternating([whole.addresses.public_base_url], http)
        number = reports_with_a_picture(browser, picture())
    after = [await _answered(whole, copy) for copy in copies]
    assert all(a > b for a, b in zip(after, before, strict=True)), (before, after)
    row = await whole.rows("SELECT id FROM intake.attachment WHERE number = :n", n=number)
    assert len(row) == 1
    crowd.accepted[uuid4()] = number


async def test_the_same_command_sent_to_two_copies_is_one(
    whole: WholeCluster, crowd: People[WholeCluster]
) -> None:
    number, key = await crowd.in_process(), str(uuid4())
    body, headers = {"kind": "close", **REASON}, whole.staff(OFFICER) | {"Idempotency-Key": key}
    answers = [
        await whole.http.post(f"{copy}/reports/{number}/requests", json=body, headers=headers)
        for copy in whole.copies("followup")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


async def _answered(whole: WholeCluster, process: str) -> float:
    """How many requests a process has answered, those about its health left out."""
    metrics = await whole.http.get(f"{await whole.operations(process)}/metrics")
    counts = re.findall(r"^lapor_http_requests_total\{([^}]*)\} (\S+)$", metrics.text, re.M)
    return sum(float(count) for labels, count in counts if "healthz" not in labels)
