"""The names by which a delivery's workflow is started, and its messages."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from temporalio.client import Client

TASK_QUEUE: Final = "webhooks"
WORKFLOW: Final = "WebhookDeliveryWorkflow"
SEND: Final = "send_webhook"
GIVE_UP: Final = "give_up_webhook"

_MINUTE, _HOUR = 60.0, 3600.0
DELAYS: Final = (
    *(5.0, 5 * _MINUTE, 30 * _MINUTE),
    *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)),
)
"""Seconds after each attempt that failed: some three days, as Standard Webhooks has it."""


class DeliveryRun(BaseModel):
    """One round of attempts: ids only, the rest is read from the database."""

    model_config = ConfigDict(frozen=True)

    delivery_id: UUID
    round: int
    delays: tuple[float, ...] = DELAYS


async def start(client: "Client", run: DeliveryRun) -> None:
    """Start the workflow of a round; one that was started already is left as it is.

    Raises RPCError or RuntimeError while Temporal is away.
    """
    from shared.temporal.start_once import start_once

    await start_once(
        client,
        WORKFLOW,
        run,
        id=f"webhook-{run.delivery_id}-{run.round}",
        task_queue=TASK_QUEUE,
        summary="An event for an agency's own system",
    )
