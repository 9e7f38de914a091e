"""The application from which every service is built, and the server that runs it."""

import asyncio
import ctypes
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
import uvloop
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from starlette.routing import BaseRoute

from shared.collector import collect_seldom
from shared.http import documentation, problems
from shared.http.deadlines import DeadlineProtocol
from shared.http.nothing_lost import nothing_lost, plain_numbers
from shared.http.observation import API_CONTENT_SECURITY, Observation
from shared.http.operations import Check, answering, is_ready, states_of
from shared.http.proxies import ProxiesUnclearError, believed_proxies
from shared.http.tokens import Tokens
from shared.settings import Settings
from shared.telemetry import configure_logging
from shared.tracing import send_waiting_spans, traced

if TYPE_CHECKING:
    from shared.database.engine import Database

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

BODY_LIMIT = 256 * 1024
"""The most bytes of a request, unless a route or router sets another limit with
`max_body_size=`."""


def create_app(
    *,
    name: str,
    title: str,
    routers: Sequence[APIRouter],
    settings: Settings,
    database: "Database | None" = None,
    lifespan: Lifespan | None = None,
    checks: Mapping[str, Check] | None = None,
    content_security: str = API_CONTENT_SECURITY,
    docs: bool = True,
) -> FastAPI:
    """Make a service's application.

    `name` is the name of the service and of its schema. /readyz awaits the `checks`, which raise if
    what they check is away; the database is always checked, and is closed after `lifespan`.
    `app.state` has the settings, the checks, the tokens if the service reads them, and with a
    database also `database` and `rate_limits`.
    """

    @asynccontextmanager
    async def close_with_database(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with lifespan(app) if lifespan else _nothing():
                yield
        finally:
            await asyncio.to_thread(send_waiting_spans)  # uvicorn ends by the signal it was sent
            if database:
                await database.dispose()

    app = FastAPI(
        title=title,
        version="1",
        lifespan=close_with_database,
        generate_unique_id_function=documentation.operation_id,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if docs else None,
        # Exceptions may quote what people wrote; our own log leaves their messages out.
        telemetry={"logs": False},
    )
    app.add_middleware(
        Observation,
        service=name,
        content_security=content_security,
        over_tls=settings.public_base_url.startswith("https://"),
    )
    app.state.settings = settings
    app.state.draining = False
    if settings.staff_public_keys:
        app.state.tokens = Tokens.of(settings)
    readiness = dict(checks or {})
    problems.install(app)
    if database:
        from shared.http.with_database import attach  # 25 MB that the portal does without

        readiness["postgres"] = attach(app, database, name, settings)
    if docs:
        documentation.install(app)
    app.state.checks = readiness
    app.state.stopping = asyncio.Event()
    app.include_router(_probes(readiness))
    app.router.routes.extend(_included(routers, forms=not docs))
    return app


def _included(routers: Sequence[APIRouter], *, forms: bool) -> list[BaseRoute]:
    """The routes of the routers, with the dependencies and limits that hold for all.

    FastAPI examines each endpoint at its first request; the result is shared by all applications of
    a process, because tests make hundreds.
    """
    known = (forms, *map(id, routers))
    if known not in _INCLUDED:
        strictness = [Depends(plain_numbers)]
        if not forms:  # a page's forms are read as forms
            strictness.append(Depends(nothing_lost))
        together = APIRouter(generate_unique_id_function=documentation.operation_id)
        for router in routers:
            # Not set on the application, whose limit would answer before our middleware runs.
            together.include_router(router, max_body_size=BODY_LIMIT, dependencies=strictness)
        _INCLUDED[known] = together.routes
    return _INCLUDED[known]


_INCLUDED: dict[tuple[int, ...], list[BaseRoute]] = {}
"""The routes, by whether they take forms and by the ids of their routers. The routes keep the
routers alive, so that no other router gets one of these ids."""


def serve(name: str, factory: Callable[[], FastAPI], settings: Settings, *, port: int) -> None:
    """Run one process of a service until SIGINT or SIGTERM.

    Requests under way are finished first, for at most 10 seconds. `factory` is called inside the
    event loop. The operations port of `settings` is served too.
    """
    ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    configure_logging(name)
    try:
        proxies = believed_proxies(os.environ)
    except ProxiesUnclearError as error:
        raise SystemExit(str(error)) from error
    with suppress(KeyboardInterrupt), traced(name):
        uvloop.run(_serve(factory, settings, port, proxies))


_SET_DUMPABLE = 4
"""From linux/prctl.h. With this flag off, no other process of the same user, such as one that opens
somebody's file, can read our environment or memory under /proc; root still can."""


async def _serve(
    factory: Callable[[], FastAPI], settings: Settings, port: int, proxies: list[str]
) -> None:
    app = factory()
    server = _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=port,
            http=DeadlineProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=proxies,
            timeout_keep_alive=75,  # longer than any client's pool keeps an idle connection
            timeout_graceful_shutdown=10,
        ),
        app,
        settings.drain_seconds,
    )
    async with answering(settings.host, settings.operations_port, app.state.checks):
        await server.serve()
    if not server.started:
        raise SystemExit(3)


class _Server(uvicorn.Server):
    """A server that is told to stop first says so at /healthz, and stops some seconds later."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, seconds: float) -> None:
        super().__init__(config)
        self._app, self._seconds, self._loop = app, seconds, asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._app.state.draining or not self._seconds:
            super().handle_exit(sig, frame)
            return
        self._app.state.draining = True
        ended = partial(super().handle_exit, sig, frame)
        self._loop.call_soon_threadsafe(self._loop.call_later, self._seconds, ended)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        collect_seldom()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.stopping.set()  # streams end, and are not waited for
        await super().shutdown(sockets)


def _probes(checks: Mapping[str, Check]) -> APIRouter:
    """The probes at the service's own port, which the public may reach.

    They show whether the service lives and is ready, but not what it lacks.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def health(request: Request) -> Response:
        if request.app.state.draining:
            return problems.render(request, problems.unavailable())  # for probes, not people
        return problems.json_response({"status": "ok"})

    @router.get("/readyz")
    async def readiness(request: Request) -> Response:
        if is_ready(await states_of(checks)):
            return problems.json_response({"status": "ready"})
        return problems.render(request, problems.unavailable())  # for probes, not people

    return router


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield
