"""The names of a delivery's workflow and activities, and the workflow's messages."""

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
"""Seconds to wait after each failed attempt: some three days in all, as in Standard Webhooks."""


class DeliveryRun(BaseModel):
    """One round of attempts. It holds only ids and the delays; the rest is read from the
    database."""

    model_config = ConfigDict(frozen=True)

    delivery_id: UUID
    round: int
    delays: tuple[float, ...] = DELAYS


async def start(client: "Client", run: DeliveryRun) -> None:
    """Start the workflow of a round, unless it was already started.

    Raises RPCError or RuntimeError while Temporal is unavailable.
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
