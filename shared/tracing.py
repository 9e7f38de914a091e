"""Traces for a collector, by OTLP over HTTP. Off unless OpenTelemetry's own variables name one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace

_WHERE: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def is_traced() -> bool:
    """Whether somebody asked for traces: `OTEL_EXPORTER_OTLP_ENDPOINT`, or the one for traces."""
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "otlp")
    return any(map(os.environ.get, _WHERE)) and exporter == "otlp" and not disabled


@contextmanager
def traced(process: str) -> Iterator[None]:
    """While the block runs, spans of this process go to the collector, where there is one; those
    that wait are sent at the end. Other `OTEL_…` variables mean what OpenTelemetry says."""
    if not is_traced():
        yield
        return
    # Only a traced process loads these.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from shared.spans_without_people import WithoutPeople

    name = os.environ.get("OTEL_SERVICE_NAME") or f"lapor-{process}"
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(WithoutPeople(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


def send_waiting_spans() -> None:
    """Before the end of a process that a signal ends in the midst of `traced`."""
    provider = trace.get_tracer_provider()
    if flush := getattr(provider, "force_flush", None):
        flush()
