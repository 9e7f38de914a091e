"""What every process tells those who run it: /healthz, /readyz, /metrics."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager

import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.http import problems
from shared.resilience.reasons import known_reason, reason
from shared.telemetry import registry

Check = Callable[[], Awaitable[object]]

_PATIENCE = 2.0


class NotReady(Exception):
    """What a check raises to say in words what is wrong; told to whoever asks /readyz."""


def probes(checks: Mapping[str, Check]) -> APIRouter:
    """What a service answers at its own port, which the public may reach: whether it lives and is
    ready, not what it lacks. `checks` raise when what they ask for is away."""
    return _probed(checks, detailed=False)


def operations(checks: Mapping[str, Check]) -> APIRouter:
    """What a process answers at its operations port, which nobody outside may reach: the same with
    each check's state, and the metrics, which tell by channel what has just come in."""
    router = _probed(checks, detailed=True)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


@asynccontextmanager
async def answering(
    host: str, port: int, checks: Mapping[str, Check] | None = None
) -> AsyncIterator[str]:
    """While the block runs, the process answers these three at a port of their own; gives the
    address. Port 0 is any free one. It answers from the process's own loop: a process that hangs
    does not. Raises OSError when the port is taken."""
    app = FastAPI(openapi_url=None)
    problems.install(app)
    app.include_router(operations(checks or {}))
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="off"
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
    """Leaves the signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _probed(checks: Mapping[str, Check], *, detailed: bool) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readiness(request: Request) -> Response:
        states = await _states(checks)
        told = {"checks": states} if detailed else {}
        if all(state == "ok" for state in states.values()):
            return problems.json_response({"status": "ready", **told})
        away = problems.unavailable()
        away.members.update(told)
        return problems.render(request, away)  # for probes, not people

    return router


async def _states(checks: Mapping[str, Check]) -> dict[str, str]:
    results = await asyncio.gather(*(_state(name, check) for name, check in checks.items()))
    return dict(zip(checks, results, strict=True))


async def _state(name: str, check: Check) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            await check()
    except NotReady as words:
        _log.warning("not ready", extra={"fields": {"check": name, "reason": str(words)}})
        return str(words)
    except Exception as error:  # noqa: BLE001  whatever it is, the answer is "not ready"
        _log.warning("not ready", extra={"fields": {"check": name, "error": reason(error)}})
        return known_reason(error) or "away"
    return "ok"


_log = logging.getLogger("lapor.http")
