"""The modules that workflow code shares with the worker that runs it."""

from temporalio.worker.workflow_sandbox import SandboxRestrictions


def restrictions(*ours: str) -> SandboxRestrictions:
    """The SDK's restrictions, except that pydantic and our named modules are not imported anew for
    each run."""
    return SandboxRestrictions.default.with_passthrough_modules(
        "annotated_types", "pydantic", "pydantic_core", "typing_inspection", *ours
    )
