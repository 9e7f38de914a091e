"""Handles what surrounds every request: trace, headers, one log line, metrics, unexpected
errors."""

import logging
import time
from collections.abc import MutableMapping
from functools import cache
from typing import Any

from fastapi import Request
from opentelemetry import trace
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http import problems
from shared.telemetry import continued_trace, registry

API_CONTENT_SECURITY = "default-src 'none'; frame-ancestors 'none'"
TRANSPORT_SECURITY = "max-age=63072000"
"""Two years. Not for subdomains, which may not be ours."""
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media"),
        *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment"),
        *("publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
)
"""Browser features that no page of ours needs, also not for somebody else's content shown on it."""

_REQUEST_ID = b"x-request-id"
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_OURS = {_REQUEST_ID, _NO_SNIFFING[0]}
_DEFAULTS = {
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": PERMISSIONS,
    "cache-control": "no-store",
}
"""The headers of every answer that does not set them itself."""

_log = logging.getLogger("lapor.http")
_requests = Counter(
    "lapor_http_requests",
    "Requests answered",
    ["service", "method", "route", "status"],
    registry=registry,
)
_seconds = Histogram(
    "lapor_http_request_seconds",
    "Time until the end of the answer",
    ["service", "method", "route"],
    registry=registry,
)
_GONE = 499
"""The status in metrics and log for a caller who left before the whole request had arrived."""
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_QUIET = {"/healthz", "/readyz", "/metrics"}


class Observation:
    """ASGI middleware. Addresses, query strings, bodies and report texts are not kept: metrics and
    log name only the route's template."""

    def __init__(
        self, app: ASGIApp, *, service: str, content_security: str, over_tls: bool
    ) -> None:
        self.app = app
        self.service = service
        defaults = _DEFAULTS | {"content-security-policy": content_security}
        if over_tls:
            defaults["strict-transport-security"] = TRANSPORT_SECURITY
        self._defaults = [(name.encode(), value.encode()) for name, value in defaults.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # A tracing backend, if one is configured, must not learn what people search for.
        trace.get_current_span().set_attribute("url.query", "")
        with continued_trace(Headers(scope=scope)) as request_id:
            await self._observe(scope, receive, send, request_id)

    async def _observe(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        scope.setdefault("state", {})["request_id"] = request_id
        request = Request(scope)
        started = time.perf_counter()
        status = 0
        replaced = False

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message, request_id)
            await send(message)

        async def respond(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_plain_too_large(message):
                replaced = True
                too_large = await problems.answer(request, problems.too_large())
                await too_large(scope, receive, dressed)
            if not replaced:
                await dressed(message)

        try:
            await self.app(scope, receive, respond)
        except ClientDisconnect:
            status = status or _GONE
        except Exception as error:
            fields = {"route": _route(scope)}
            _log.error("unforeseen error", exc_info=error, extra={"fields": fields})
            if status:
                raise  # too late to answer; the server cuts the connection
            sorry = await problems.answer(request, problems.internal())
            await sorry(scope, receive, dressed)
        finally:
            self._record(scope, status, time.perf_counter() - started)

    def _add_headers(self, message: MutableMapping[str, Any], request_id: str) -> None:
        headers = [header for header in message["headers"] if header[0] not in _OURS]
        sent = {name for name, _ in headers}
        headers += ((_REQUEST_ID, request_id.encode()), _NO_SNIFFING)
        headers += [header for header in self._defaults if header[0] not in sent]
        message["headers"] = headers

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        if route in _QUIET:
            return
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        requests, taken = _metrics(self.service, method, route, status)
        requests.inc()
        taken.observe(seconds)
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        _log.info("request", extra={"fields": fields})


@cache
def _metrics(service: str, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Cached: there are as many as routes have outcomes."""
    requests = _requests.labels(service, method, route, str(status))
    return requests, _seconds.labels(service, method, route)


def _route(scope: Scope) -> str:
    """The template of the path and never the path: numbers and codes would make endless labels."""
    return getattr(scope.get("route"), "path", "unmatched")


def _is_plain_too_large(message: Message) -> bool:
    """Whether this is Starlette's plain answer to a body over the limit, sent without error
    handlers."""
    return message["status"] == 413 and Headers(raw=message["headers"]).get(
        "content-type", ""
    ).startswith("text/plain")
