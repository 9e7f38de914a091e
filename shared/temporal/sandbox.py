"""What workflow code may share with the worker that runs it."""

from temporalio.worker.workflow_sandbox import SandboxRestrictions


def restrictions(*ours: str) -> SandboxRestrictions:
    """The SDK's own, but pydantic and the modules of ours that are named are not imported anew for
    each run."""
    return SandboxRestrictions.default.with_passthrough_modules(
        "annotated_types", "pydantic", "pydantic_core", "typing_inspection", *ours
    )
