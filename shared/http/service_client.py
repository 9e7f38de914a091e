"""HTTP calls from one of our services to another."""

import ssl
from functools import cache
from typing import Any

import httpx

from shared.telemetry import trace_headers


def service_client(**options: Any) -> httpx.AsyncClient:
    """An httpx client with these options.

    Its calls belong to the trace of the request that is being answered, so that the id a person
    quotes finds the log lines of all services.
    """
    return httpx.AsyncClient(
        verify=trusted_authorities(), event_hooks={"request": [_go_on_with_trace]}, **options
    )


@cache
def trusted_authorities() -> ssl.SSLContext:
    """The authorities that httpx trusts by default, read once for all clients of a process (40 ms,
    1 MB)."""
    return httpx.create_ssl_context()


async def _go_on_with_trace(request: httpx.Request) -> None:
    request.headers.update(trace_headers())
