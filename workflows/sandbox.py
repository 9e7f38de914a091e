"""How workers and replayers run workflow code: in the SDK's sandbox."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info

from shared.temporal.sandbox import restrictions


def sandbox() -> SandboxedWorkflowRunner:
    """The sandbox, with our modules and pydantic passed through."""
    return _Runner(
        restrictions(
            "shared",
            "workflows.alarm",
            "workflows.another_report",
            "workflows.cancellation",
            "workflows.card",
            "workflows.fire_clocks",
            "workflows.perform_command",
            "workflows.recorded_state",
            "workflows.signals",
            "workflows.step_messages",
            "workflows.step_requests",
        )
    )


class _Runner(SandboxedWorkflowRunner):
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Instance(super().create_instance(det))


class _Instance(WorkflowInstance):
    """A run whose payloads have no context, because our converter is the same for every report.

    To find the context the SDK would enter the sandbox once for each payload: an eighth of what a
    command costs a worker.
    """

    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandboxed.activate(act)

    def get_serialization_context(self, _command: object) -> SerializationContext | None:
        return None

    def get_external_store_context(self, _command: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        return self._sandboxed.get_thread_id()
