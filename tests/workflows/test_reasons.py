"""A wrong password, a missing namespace or search attribute is said to be that, not *away*."""

import asyncio
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from deploy.nats.authority import from_variables, new_authority
from shared.bus.addresses import with_credentials
from shared.database.engine import Database
from shared.http.operations import _state
from shared.process import reached
from shared.resilience.reasons import reason
from shared.settings import Settings
from shared.temporal.names import SEARCH_ATTRIBUTES
from shared.temporal.report_gateway import ReportGateway
from shared.temporal.search_attributes import register
from tests.workflows.factory import Reports

RETENTION = Duration(seconds=86_400)


async def _ready(settings: Settings, what: str) -> str:
    return await _state(what, reached(settings, what)[what])


async def _says(settings: Settings, what: str, words: str) -> str:
    """What it says once it says so: servers of a busy machine answer late, as if away."""
    answer = "nothing"
    until = asyncio.get_running_loop().time() + 60
    while words not in answer and asyncio.get_running_loop().time() < until:
        answer = await _ready(settings, what)
        await asyncio.sleep(0.1)
    return answer


def _other_password(address: str) -> str:
    before, at, after = address.rpartition("@")
    return f"{before.rpartition(':')[0]}:guessed{at}{after}"


async def test_a_wrong_password_is_said_so(worker_settings: Settings) -> None:
    words = "Postgres refuses the role or password"
    assert await _says(worker_settings, "postgres", "ok") == "ok"
    wrong = _other_password(worker_settings.database_url)
    settings = worker_settings.model_copy(update={"database_url": wrong})
    assert await _says(settings, "postgres", words) == words


async def test_credentials_of_another_operator_are_said_so(worker_settings: Settings) -> None:
    words = "NATS refuses the user of LAPOR_NATS_CREDS"
    assert await _says(worker_settings, "nats", "ok") == "ok"
    stranger = from_variables(new_authority()).user("worker")
    wrong = with_credentials(worker_settings.nats_url, stranger)
    settings = worker_settings.model_copy(update={"nats_url": wrong})
    assert await _says(settings, "nats", words) == words


async def test_a_server_that_is_not_there_is_away(worker_settings: Settings) -> None:
    nowhere = {
        "database_url": "postgresql+psycopg://lapor_worker:x@127.0.0.1:9/lapor",
        "nats_url": "nats://127.0.0.1:9",
        "temporal_address": "127.0.0.1:9",
    }
    settings = worker_settings.model_copy(update=nowhere)
    for what in ("postgres", "nats", "temporal"):
        assert await _ready(settings, what) == "away"


async def test_a_database_that_is_not_there_is_said_so(worker_settings: Settings) -> None:
    other = worker_settings.database_url.rpartition("/")[0] + "/elsewhere"
    settings = worker_settings.model_copy(update={"database_url": other})
    words = "Postgres has no such database"
    assert await _says(settings, "postgres", words) == words


async def test_missing_search_attributes_are_named_until_they_are_registered(
    client: Client, worker_settings: Settings, worker_database: Database, reports: Reports
) -> None:
    bare = await _bare_namespace(client)
    settings = worker_settings.model_copy(update={"temporal_namespace": bare.namespace})
    answer = await _says(settings, "temporal", "lacks search attributes")
    assert answer.startswith("Temporal lacks search attributes (Lapor")
    assert "lapor migrate" in answer
    gateway = ReportGateway(bare, worker_database)
    with pytest.raises(RPCError) as refused:
        await gateway.launch(await reports.accept())
    assert "Temporal lacks search attributes (Lapor" in reason(refused.value)
    assert sorted(await register(bare)) == sorted(SEARCH_ATTRIBUTES)
    assert await register(bare) == []
    assert await _says(settings, "temporal", "ok") == "ok"


async def test_a_namespace_that_is_not_there_is_said_so(worker_settings: Settings) -> None:
    settings = worker_settings.model_copy(update={"temporal_namespace": "nobody-made-it"})
    words = "no such namespace"
    assert words in await _says(settings, "temporal", words)


async def _bare_namespace(client: Client) -> Client:
    name = f"bare-{uuid4().hex[:8]}"
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=RETENTION)
    )
    config = client.config()
    config["namespace"] = name
    bare = Client(**config)
    for _ in range(150):  # the server hears of a new namespace after a while
        try:
            await bare.count_workflows()
        except RPCError:
            await asyncio.sleep(0.2)
        else:
            break
    return bare
