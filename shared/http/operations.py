"""The operations endpoints of every process: /healthz, /readyz, /metrics."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.resilience.reasons import known_reason, reason
from shared.telemetry import registry

Check = Callable[[], Awaitable[object]]

_PATIENCE = 2.0
_CHECKED_WITHIN = 4.0
"""Seconds: NATS takes two to say that it does not know a user."""


class NotReady(Exception):
    """Raised by a check to say in words what is wrong; the words are shown at /readyz."""


def operations(checks: Mapping[str, Check]) -> Starlette:
    """The application at the operations port, which nobody outside may reach.

    It shows whether the process lives, whether it is ready with each check's state, and the
    metrics, which show by channel what has just come in.
    """

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readiness(_: Request) -> Response:
        states = await states_of(checks)
        if is_ready(states):
            return JSONResponse({"status": "ready", "checks": states})
        away = {"status": 503, "code": "unavailable", "checks": states}  # for probes, not people
        return JSONResponse(away, 503, media_type="application/problem+json")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    paths = {"/healthz": health, "/readyz": readiness, "/metrics": metrics}
    return Starlette(routes=[Route(path, answer) for path, answer in paths.items()])


@asynccontextmanager
async def answering(
    host: str, port: int, checks: Mapping[str, Check] | None = None
) -> AsyncIterator[str]:
    """Serve these three endpoints at their own port while the block runs; gives the address.

    Port 0 is any free port. The process's own loop answers, so a process that hangs does not
    answer. Raises `OSError` if the port is taken.
    """
    config = uvicorn.Config(
        operations(checks or {}),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    server, listening = _Server(config), socket.create_server((host, port))
    address = "http://{}:{}".format(*listening.getsockname()[:2])
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    _log.info("answering", extra={"fields": {"operations": address}})
    try:
        yield address
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait({serving}, timeout=_PATIENCE)
        listening.close()


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def states_of(checks: Mapping[str, Check]) -> dict[str, str]:
    """The result of each check: `ok`, `away`, or a sentence about what must be repaired."""
    results = await asyncio.gather(*(_state(name, check) for name, check in checks.items()))
    return dict(zip(checks, results, strict=True))


def is_ready(states: Mapping[str, str]) -> bool:
    return all(state == "ok" for state in states.values())


async def _state(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(_CHECKED_WITHIN):
            await check()
    except NotReady as words:
        _log.warning("not ready", extra={"fields": {"check": name, "reason": str(words)}})
        return str(words)
    except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not ready"
        _log.warning("not ready", extra={"fields": {"check": name, "error": reason(error)}})
        return known_reason(error) or "away"
    return "ok"


_log = logging.getLogger("lapor.http")
