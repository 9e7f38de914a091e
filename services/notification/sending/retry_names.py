"""Names and messages of the workflow that retries a message."""

from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from temporalio.client import Client

from shared.temporal.start_once import start_once

TASK_QUEUE: Final = "notification"
WORKFLOW: Final = "MessageRetryWorkflow"
SEND: Final = "send_message"
GIVE_UP: Final = "give_up_message"

_MINUTE, _HOUR = 60.0, 3600.0
DELAYS: Final = (
    *(_MINUTE, 5 * _MINUTE, 30 * _MINUTE),
    *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 20)),
)
"""Seconds before each further attempt, about three days in total."""


class RetryRun(BaseModel):
    """The retries of one message: only ids; the rest is read from the database."""

    model_config = ConfigDict(frozen=True)

    message_id: UUID
    round: int
    delays: tuple[float, ...] = DELAYS


async def start(client: Client, run: RetryRun) -> None:
    """Start the workflow of a round; if it was started already, nothing changes.

    Raises RPCError or RuntimeError while Temporal is away.
    """
    await start_once(
        client,
        WORKFLOW,
        run,
        id=f"message-{run.message_id}-{run.round}",
        task_queue=TASK_QUEUE,
        summary="A message that its provider did not take at once",
    )
