"""Traces reach a collector by OTLP, where one is named; no words and no people with them."""

import asyncio
import gzip
import os
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.ports import free_port
from shared.tracing import is_traced

_ROOT = Path(__file__).parents[2]


@dataclass
class Collector:
    """What every collector of OpenTelemetry takes at this path, and what it was sent."""

    port: int = field(default_factory=free_port)
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(
            gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body
        )
        return Response(media_type="application/x-protobuf")

    def spans(self) -> dict[str, Span]:
        """By service and name."""
        return {
            f"{_service_of(resource.resource.attributes)} {span.name}": span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    collector = Collector()
    app = Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=collector.port, log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    yield collector
    server.should_exit = True
    await serving


async def test_a_request_is_followed_from_http_to_the_activity_and_nobodys_words_are_told(
    collector: Collector, temporal_address: str, temporal_namespace: str
) -> None:
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}",
        "LAPOR_TEMPORAL_ADDRESS": temporal_address,
        "LAPOR_TEMPORAL_NAMESPACE": temporal_namespace,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.production.traced"),
        env={**os.environ, **environment},
        cwd=_ROOT,
    )
    assert await process.wait() == 0

    spans = collector.spans()
    names = (
        "GET /reports/{number}",
        "StartWorkflow:Life",
        "StartWorkflowUpdate:perform",
        "RunActivity:record",
    )
    request, start, update, activity = (spans[f"lapor-routing {name}"] for name in names)
    assert {s.trace_id for s in (request, start, update, activity)} == {request.trace_id}
    by_id = {span.span_id: span for span in spans.values()}
    for asked in (start, update):
        assert request.span_id in (asked.parent_span_id, by_id[asked.parent_span_id].parent_span_id)
    assert activity.parent_span_id == update.span_id
    for words in (b"kata-kata", b"peramban", b"siti", b"/reports/7"):
        assert not any(words in body for body in collector.bodies), words


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_nothing_is_traced_that_nobody_asked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_traced() is expected


def _service_of(attributes: Sequence[KeyValue]) -> str:
    [name] = [a.value.string_value for a in attributes if a.key == "service.name"]
    return name
