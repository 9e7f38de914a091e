"""Carries traces through Temporal: from the person who sends a command to its activity.

The trace is in a header of the message, under the name that Temporal's own OpenTelemetry
interceptor uses, so that such an interceptor finds it. A step that a clock makes is nobody's
request and begins its own trace.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio import client, worker
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadConverter
from temporalio.workflow import ActivityHandle

from shared.telemetry import continued_trace, trace_headers
from shared.tracing import is_traced

HEADER = "_tracer-data"


def interceptors() -> list[client.Interceptor]:
    """The interceptors of every client.

    If traces are collected, the calls of clients and the work of activities are spans. The work of
    a workflow is not a span, so that replays do not need one.
    """
    if not is_traced():
        return [TracingInterceptor()]
    from temporalio.contrib.opentelemetry import TracingInterceptor as Temporals

    class Spans(Temporals):
        def __init__(self) -> None:
            super().__init__()
            self.text_map_propagator = TraceContextTextMapPropagator()  # no baggage: see telemetry

        def workflow_interceptor_class(self, input: worker.WorkflowInterceptorClassInput) -> None:  # type: ignore[override]
            return None

    return [Spans(), TracingInterceptor()]


class TracingInterceptor(client.Interceptor, worker.Interceptor):
    """Passes the trace on. Workers made with a client that has it use it too."""

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:
        return _Sender(next)

    def workflow_interceptor_class(
        self, _: worker.WorkflowInterceptorClassInput
    ) -> type[worker.WorkflowInboundInterceptor]:
        return _Workflow

    def intercept_activity(
        self, next: worker.ActivityInboundInterceptor
    ) -> worker.ActivityInboundInterceptor:
        return _Activity(next)


class _Sender(client.OutboundInterceptor):
    async def start_workflow(
        self, input: client.StartWorkflowInput
    ) -> client.WorkflowHandle[Any, Any]:
        input.headers = _with_trace(input.headers)
        return await super().start_workflow(input)

    async def signal_workflow(self, input: client.SignalWorkflowInput) -> None:
        input.headers = _with_trace(input.headers)
        await super().signal_workflow(input)

    async def start_workflow_update(
        self, input: client.StartWorkflowUpdateInput
    ) -> client.WorkflowUpdateHandle[Any]:
        input.headers = _with_trace(input.headers)
        return await super().start_workflow_update(input)

    async def start_update_with_start_workflow(
        self, input: client.StartWorkflowUpdateWithStartInput
    ) -> client.WorkflowUpdateHandle[Any]:
        update = input.update_workflow_input
        update.headers = _with_trace(update.headers)
        return await super().start_update_with_start_workflow(input)


_sent_with: ContextVar[Payload | None] = ContextVar("sent_with", default=None)
"""The trace header of the message that a workflow is handling. Every handler runs in its own
context; the workflow only passes the header on, so that replays do not need it."""


class _Workflow(worker.WorkflowInboundInterceptor):
    def init(self, outbound: worker.WorkflowOutboundInterceptor) -> None:
        super().init(_Activities(outbound))

    async def handle_signal(self, input: worker.HandleSignalInput) -> None:
        _sent_with.set(input.headers.get(HEADER))
        await super().handle_signal(input)

    async def handle_update_handler(self, input: worker.HandleUpdateInput) -> Any:
        _sent_with.set(input.headers.get(HEADER))
        return await super().handle_update_handler(input)


class _Activities(worker.WorkflowOutboundInterceptor):
    def start_activity(self, input: worker.StartActivityInput) -> ActivityHandle[Any]:
        input.headers = _passed_on(input.headers)
        return super().start_activity(input)

    def start_local_activity(self, input: worker.StartLocalActivityInput) -> ActivityHandle[Any]:
        input.headers = _passed_on(input.headers)
        return super().start_local_activity(input)


class _Activity(worker.ActivityInboundInterceptor):
    async def execute_activity(self, input: worker.ExecuteActivityInput) -> Any:
        sent = input.headers.get(HEADER)
        headers = _converter.from_payload(sent, dict[str, str]) if sent is not None else {}
        with continued_trace(headers):
            return await super().execute_activity(input)


_converter = PayloadConverter.default


def _passed_on(headers: Mapping[str, Payload]) -> Mapping[str, Payload]:
    sent = _sent_with.get()
    return headers if sent is None else {**headers, HEADER: sent}


def _with_trace(headers: Mapping[str, Payload]) -> Mapping[str, Payload]:
    trace = trace_headers()
    return {**headers, HEADER: _converter.to_payload(trace)} if trace else headers
