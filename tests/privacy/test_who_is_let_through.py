"""Everybody tries everything: role by endpoint, own agency, above, below and beside, on what is
there in each state.

Its hundreds of reports come after those that `test_marked_data.py` looks through one by one.
"""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from deploy.credentials import Credentials
from deploy.partners.register import add as add_partner
from shared.http.tokens import ReportBearer, Reporter
from tests import cluster as places
from tests.cluster import Cluster
from tests.conftest import make_settings
from tests.privacy import expectations
from tests.privacy.expectations import EVERYBODY, Case
from tests.privacy.fixtures import Scene, Scenes
from tests.privacy.managing import MANAGING_CASES
from tests.sample_pdf import PDF

SERVICES = ("intake", "routing", "followup", "reporting", "notification")
CASES = expectations.CASES | MANAGING_CASES
OF_A_REPORT = [
    name
    for name in CASES
    if "{number}" in name
    and name.startswith(("routing", "followup"))
    and name not in expectations.OF_ONESELF
]
LEFT_AS_IT_IS = frozenset(
    {
        "routing PUT /reports/{number}/checklist",
        "routing POST /reports/{number}/told-otherwise",
        "routing PUT /reports/{number}/presence",
        "routing PUT /reports/{number}/form-drafts/{action}",
        "routing DELETE /reports/{number}/form-drafts/{action}",
        "routing POST /reports/{number}/reveal",
        "routing POST /reports/{number}/amend",
        "routing POST /reports/{number}/copies",
        "routing POST /reports/{number}/tags",
        "followup POST /reports/{number}/coordination",
        "followup POST /reports/{number}/assisted-replies",
        "followup POST /reports/{number}/replies",
        "followup POST /reports/{number}/replies/with-attachments",
        "notification POST /reports/{number}/new-contact/code",
        "notification POST /reports/{number}/new-contact/proof",
        "notification POST /reports/{number}/contacts/{channel}/code",
        "notification POST /reports/{number}/contacts/{channel}/proof",
        "notification POST /reports/{number}/contacts/sms/sender",
        "notification POST /reports/{number}/contacts/sms/stop",
        "notification PUT /reports/{number}/preferences",
        "intake POST /reporters/me/contact-changes/{channel}/apply",
        "intake DELETE /reporters/me/contact-changes/{channel}",
        "intake POST /reporters/me/contacts/{channel}/removal",
        "intake POST /reports/{number}/contact-changes",
        "intake POST /reports/{number}/contact-changes/{channel}/apply",
        "intake DELETE /reports/{number}/contact-changes/{channel}",
        "notification POST /reporters/me/contacts/{channel}/code",
        "notification POST /reporters/me/contacts/{channel}/proof",
        "notification POST /reporters/me/earlier-reports/{number}",
        "notification POST /recovery",
        "notification POST /recovery/proof",
    }
)
"""What is let do these changes neither a report's status nor who handles it, whom it reaches or who
may what: a report in the state in which they are tried serves them all."""
METHODS = {"get", "post", "put", "patch", "delete"}
WHO = {
    "pusat": places.PUSAT,
    "pusat_officer": places.PUSAT_OFFICER,
    "above": places.ABOVE,
    "own_admin": places.ADMIN,
    "own_officer": places.OFFICER,
    "below_admin": places.BELOW_ADMIN,
    "below_officer": places.BELOW,
    "beside": places.BESIDE,
    "coordinator": places.ABOVE_TOO,
    "coordinator_below": places.COORDINATOR_BELOW,
    "coordinator_beside": places.COORDINATOR_BESIDE,
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_endpoint_has_its_expectation(
    credentials: Credentials, tmp_path: Path, service: str
) -> None:
    nowhere = {
        "database_url": "postgresql+psycopg://nobody@127.0.0.1:1/lapor",
        "nats_url": "nats://127.0.0.1:1",
        "temporal_address": "127.0.0.1:1",
    }
    settings = make_settings(credentials, data_dir=tmp_path, **nowhere)
    app = import_module(f"services.{service}.app").make_app(settings)
    there = {
        f"{service} {method.upper()} {path}"
        for path, operations in app.openapi()["paths"].items()
        for method in operations.keys() & METHODS
    }
    assert there == {_endpoint(name) for name in CASES if name.startswith(f"{service} ")}


@pytest.mark.parametrize("name", CASES)
async def test_who_is_let_through(
    cluster: Cluster, scenes: Scenes, partner: dict[str, str], name: str
) -> None:
    case = CASES[name]
    # What is there in a state serves all who are refused, who change nothing, and all who are let
    # do what leaves it in that state.
    scene = await scenes.shared(case.state)
    for who, wanted in case.refused.items():
        answer = await _ask(cluster, name, case, scene, _headers(cluster, who, scene, partner))
        assert answer == wanted, who
    changed = not (" GET " in name or _endpoint(name) in LEFT_AS_IT_IS)
    let_through = [who for who in EVERYBODY if who not in case.refused]
    for number, who in enumerate(let_through):
        if changed and (number == 0 or case.once):
            scene = await scenes.set(case.state)
        answer = await _ask(cluster, name, case, scene, _headers(cluster, who, scene, partner))
        assert answer not in (401, 403, 404), who
        assert answer < 500, who


@pytest.mark.parametrize("name", OF_A_REPORT)
async def test_who_has_a_copy_reads_the_report_and_does_nothing(
    cluster: Cluster, scenes: Scenes, name: str
) -> None:
    case = CASES[name]
    scene = await scenes.copied(case.state)
    answer = await _ask(cluster, name, case, scene, cluster.staff(places.BESIDE))
    # Files are not in a copy, unless the verifier has released them.
    read = 404 if case.state in ("attached", "pictured", "answered", "sealed") else 200
    assert answer == (read if " GET " in name else 403)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.refused])
async def test_an_overseer_reads_what_is_named_and_does_nothing(
    cluster: Cluster, scenes: Scenes, name: str
) -> None:
    case = CASES[name]
    scene = await scenes.shared(case.state)
    answer = await _ask(cluster, name, case, scene, cluster.staff(places.OVERSEER))
    if _endpoint(name) not in expectations.OVERSEEN:
        assert answer in (401, 403, 404)
    elif case.state in ("attached", "pictured"):
        assert answer == 404, "no verifier has released it"
    else:
        assert answer in (200, 422)


@pytest.fixture(scope="package")
def scenes(cluster: Cluster) -> Scenes:
    return Scenes(cluster)


@pytest.fixture(scope="package")
async def partner(cluster: Cluster) -> dict[str, str]:
    """Another system, that brought none of the reports."""
    known = await add_partner(cluster.owner, cluster.settings, "Mitra Lain")
    return {"Authorization": f"Bearer {known.http_token}"}


async def _ask(
    cluster: Cluster, name: str, case: Case, scene: Scene, headers: dict[str, str]
) -> int:
    """The status. What is answered is read, so that the connection serves the next one, but of a
    stream of events, which has no end, and of a file."""
    service, method, path = _endpoint(name).split(" ", 2)
    content: dict[str, Any] = {}
    if case.part is not None:
        content = {
            "data": {case.part: json.dumps(case.body)},
            "files": [("attachments", ("surat.pdf", PDF))],
        }
    elif case.body is not None:
        content = {"json": case.body}
    address = cluster.address(service) + path.format_map(scene)
    async with cluster.http.stream(
        method, address, params=case.query, headers=headers, **content
    ) as answer:
        if answer.headers.get("content-type", "").endswith("json"):
            await answer.aread()
        return answer.status_code


def _endpoint(name: str) -> str:
    """Without what tells two cases of one endpoint apart."""
    return name.partition(" (")[0]


def _headers(cluster: Cluster, who: str, scene: Scene, partner: dict[str, str]) -> dict[str, str]:
    match who:
        case "nobody":
            return {}
        case "partner":
            return partner
        case "account":
            return {"Authorization": f"Bearer {cluster.tokens.issue(Reporter(account_id=987))}"}
        case "reporter":
            return cluster.reporter(scene.get("number", 1))
        case "another":
            return {"Authorization": f"Bearer {cluster.tokens.issue(ReportBearer(number=2))}"}
    return cluster.staff(WHO[who])
