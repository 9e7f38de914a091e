"""Starts the workflow of something that is carried out once: a download, a delivery, a retry."""

from datetime import timedelta

from pydantic import BaseModel
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

ANSWERED_WITHIN = timedelta(seconds=3)


async def start_once(
    client: Client, workflow: str, run: BaseModel, *, id: str, task_queue: str, summary: str
) -> None:
    """Start `workflow` with `run`, unless one with this `id` was started before.

    That one, which may have ended, is left as it is. Raises `RPCError` or `RuntimeError` while
    Temporal is away.
    """
    try:
        await client.start_workflow(
            workflow,
            run,
            id=id,
            task_queue=task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=summary,
            rpc_timeout=ANSWERED_WITHIN,
        )
    except WorkflowAlreadyStartedError:
        return
