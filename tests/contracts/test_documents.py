"""Every service keeps what its OpenAPI document promises, whoever calls and however wrongly."""

import asyncio
from typing import Any

import pytest

from tests.cluster import Cluster
from tests.contracts.calling import Headers, Known, broken_promises

SERVICES = ("intake", "routing", "followup", "reporting", "notification")
NEVER_ENDING = ("live_events", "live_bell")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("calls", [2, pytest.param(8, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_answers_as_its_document_says(
    cluster: Cluster, known: Known, principals: dict[str, Headers], service: str, calls: int
) -> None:
    failures, answered = await asyncio.to_thread(
        broken_promises,
        cluster.address(service),
        known,
        principals,
        calls,
        sparing=calls == 2,
        skipped=NEVER_ENDING,
    )
    assert not failures, "\n\n".join(f"{k}\n{v}" for k, v in failures.items())
    # The calls are about something: many operations succeed for somebody.
    successful = [operation for operation, statuses in answered.items() if min(statuses) < 300]
    assert len(successful) >= len(answered) / 4, answered


@pytest.mark.parametrize("service", SERVICES)
async def test_a_document_is_complete_enough_for_a_generated_client(
    cluster: Cluster, service: str
) -> None:
    document = (await cluster.http.get(cluster.address(service) + "/openapi.json")).json()
    # Two models of one name: FastAPI tells them apart by their modules, generators do not.
    assert [name for name in document["components"]["schemas"] if "__" in name] == []
    operations = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    for operation in operations:
        assert operation.get("description"), operation["operationId"]
        assert all(map(_is_said, operation["responses"].values())), operation["operationId"]
        for parameter in operation.get("parameters", ()):
            # Left out, yes; generated clients would send a null as the word.
            assert {"type": "null"} not in parameter["schema"].get("anyOf", ()), parameter


def _is_said(response: dict[str, Any]) -> bool:
    """Whether each type of content is a type, and JSON has a schema."""
    content = response.get("content", {})
    return "*/*" not in content and content.get("application/json", {"schema": 1})["schema"] != {}
