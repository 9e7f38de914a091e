"""The sandbox in which workflow code runs: ours and pydantic are passed through."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions


def sandbox() -> SandboxedWorkflowRunner:
    """The runner for workers and replayers: the same restrictions for both."""
    return SandboxedWorkflowRunner(
        SandboxRestrictions.default.with_passthrough_modules(
            "annotated_types",
            "pydantic",
            "pydantic_core",
            "shared",
            "typing_inspection",
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
