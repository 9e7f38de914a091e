"""Logs, metrics and traces of the processes; never about people."""

import logging
import secrets
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import orjson
from opentelemetry import context as otel_context
from opentelemetry import propagate, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector

_CARRIERS = frozenset(propagate.get_global_textmap().fields)
"""The headers in which a trace is carried on."""
_TRACE = TraceContextTextMapPropagator()
"""Writes these headers without baggage, which may hold anything that a caller put there."""

registry = CollectorRegistry()
"""Every metric of the process is registered here and shown at /metrics."""

ProcessCollector(registry=registry)
PlatformCollector(registry=registry)
GCCollector(registry=registry)


def configure_logging(service: str, level: int = logging.INFO) -> None:
    """One line per event on standard error: JSON, or plain for a person at a terminal.

    Extra fields go in `extra={"fields": {…}}`: numbers, codes, ids, times; never words or
    identities. Messages of exceptions are left out unless their type cannot carry any.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Plain(service) if sys.stderr.isatty() else _Json(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)
    # Asked for each line, and written in none.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # These log addresses with their query strings.
    for chatty in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@contextmanager
def continued_trace(headers: Mapping[str, str]) -> Iterator[str]:
    """Go on with a trace, or begin one; gives the trace id, 32 hex digits.

    It is the trace named by `headers` (HTTP or NATS, W3C `traceparent`), or the present one.
    """
    current = trace.get_current_span().get_span_context()
    if current.is_valid:
        yield trace.format_trace_id(current.trace_id)
        return
    sent = {
        name: value for header, value in headers.items() if (name := header.lower()) in _CARRIERS
    }
    context = propagate.extract(sent) if sent else otel_context.Context()
    span = trace.get_current_span(context).get_span_context()
    if not span.is_valid:
        span = trace.SpanContext(
            secrets.randbits(128) or 1, secrets.randbits(64) or 1, is_remote=False
        )
        context = trace.set_span_in_context(trace.NonRecordingSpan(span), context)
    token = otel_context.attach(context)
    try:
        yield trace.format_trace_id(span.trace_id)
    finally:
        otel_context.detach(token)


def new_trace() -> dict[str, str]:
    """The headers of a new trace, or of the present one."""
    if headers := trace_headers():
        return headers
    return {"traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"}


def trace_headers() -> dict[str, str]:
    """The headers that carry the present trace on, over HTTP or NATS; empty without a trace."""
    headers: dict[str, str] = {}
    _TRACE.inject(headers)
    return headers


# Messages of these types are about the program; those of other types may quote people.
_SAFE = (AttributeError, TypeError, NameError, ImportError, AssertionError, OSError)


class _Formatter(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        fields: dict[str, Any] = dict(getattr(record, "fields", {}))
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            fields.setdefault("trace_id", trace.format_trace_id(span.trace_id))
        return fields

    def error(self, record: logging.LogRecord) -> str | None:
        if not record.exc_info or record.exc_info[1] is None:
            return None
        return "\n".join(_describe(record.exc_info[1]))


class _Json(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "service": self.service,
            "logger": record.name,
            "message": record.getMessage(),
            **self.fields(record),
        }
        if error := self.error(record):
            line["error"] = error
        return orjson.dumps(line, default=str).decode()


class _Plain(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        rest = " ".join(
            f"{name}={value}" for name, value in self.fields(record).items() if name != "trace_id"
        )
        line = (
            f"{at} {self.service} {record.levelname.lower()} {record.getMessage()} {rest}".rstrip()
        )
        error = self.error(record)
        return f"{line}\n{error}" if error else line


def _describe(error: BaseException) -> Iterator[str]:
    """Types and places, innermost cause last; no values."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield _summary(current)
        yield from _places(current.__traceback__)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _summary(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, _SAFE):
        return f"{name}: {error}"
    details = (
        getattr(error, "sqlstate", None),
        getattr(getattr(error, "diag", None), "constraint_name", None),
    )
    known = " ".join(detail for detail in details if detail)
    return f"{name}: {known}" if known else name


def _places(tb: TracebackType | None) -> Iterator[str]:
    for frame in traceback.extract_tb(tb):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
