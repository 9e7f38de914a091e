"""The workflow of a delivery: sends it, and tries again for days if it fails."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_names import DeliveryRun

# For our own errors, such as an unavailable database; a failure of the receiver is not an error
# here.
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_SPREAD = 0.1


@workflow.defn(name=names.WORKFLOW)
class WebhookDeliveryWorkflow:
    """One round of attempts, with growing delays between them."""

    @workflow.run
    async def run(self, delivery: DeliveryRun) -> str:
        """Return how the round ended: `over` (delivered, or not wanted any more) or `failed`."""
        for delay in delivery.delays:
            if await self._attempt(names.SEND, delivery, "send, and note the answer"):
                return "over"
            # The spread keeps all deliveries from reaching a recovered receiver at the same moment.
            spread = delay * (1 + _SPREAD * workflow.random().random())
            await workflow.sleep(spread, summary="until the next attempt")
        if await self._attempt(names.SEND, delivery, "send for the last time"):
            return "over"
        await self._attempt(names.GIVE_UP, delivery, "state that it failed")
        return "failed"

    async def _attempt(self, activity: str, delivery: DeliveryRun, summary: str) -> bool:
        over: bool = await workflow.execute_activity(
            activity,
            delivery,
            result_type=bool,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=_PATIENT,
            summary=summary,
        )
        return over
