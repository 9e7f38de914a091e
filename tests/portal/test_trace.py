"""The id on a page of trouble finds the lines of every service that was asked."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI, Request

from shared.http.service_client import service_client
from shared.telemetry import continued_trace
from tests.portal.beside_one_service import served, visiting

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
async def asked() -> AsyncIterator[tuple[str, list[str]]]:
    """The address of a service that knows nothing, and the traces it was asked with."""
    traces: list[str] = []
    app = FastAPI()

    @app.get("/{path:path}", status_code=404)
    async def anything(request: Request) -> dict[str, str]:
        traces.append(request.headers.get("traceparent", "none"))
        return {"code": "not_found"}

    async with served(app) as address:
        yield address, traces


async def test_what_the_portal_asks_belongs_to_the_visitors_trace(
    asked: tuple[str, list[str]],
) -> None:
    address, traces = asked
    async with visiting(address) as browser:
        header = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        page = await browser.get("/laporan/10000001", headers=header)
        own = await browser.get("/laporan/10000002")
    assert page.headers["X-Request-ID"] == TRACE
    assert traces
    by_trace = [trace.split("-")[1] for trace in traces]
    assert set(by_trace) == {TRACE, own.headers["X-Request-ID"]}


async def test_a_call_outside_any_trace_begins_none(asked: tuple[str, list[str]]) -> None:
    address, traces = asked
    async with service_client(base_url=address) as client:
        await client.get("/x")
        with continued_trace({}) as trace:
            await client.get("/x")
    assert traces[0] == "none"
    assert traces[1].split("-")[1] == trace
