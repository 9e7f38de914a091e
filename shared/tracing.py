"""Sends traces to a collector, by OTLP over HTTP, if OpenTelemetry's own variables name one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import trace

_WHERE: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def is_traced() -> bool:
    """Whether traces are wanted: `OTEL_EXPORTER_OTLP_ENDPOINT` is set, or the variable for
    traces."""
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "otlp")
    return any(map(os.environ.get, _WHERE)) and exporter == "otlp" and not disabled


@contextmanager
def traced(process: str) -> Iterator[None]:
    """Send the spans of this process to the collector, if there is one, while the block runs.

    Waiting spans are sent at the end. Other `OTEL_…` variables have OpenTelemetry's meaning.
    """
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
    """Send waiting spans before a signal ends the process inside `traced`."""
    provider = trace.get_tracer_provider()
    if flush := getattr(provider, "force_flush", None):
        flush()
