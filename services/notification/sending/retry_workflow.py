"""The workflow of a message that was not taken at once: again later and later, for days."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from services.notification.sending import retry_names as names
from services.notification.sending.retry_names import RetryRun

# Of our own troubles (the database is away); what the provider does is no error here.
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_SPREAD = 0.1


@workflow.defn(name=names.WORKFLOW)
class MessageRetryWorkflow:
    """One round of attempts, with growing delays between them."""

    @workflow.run
    async def run(self, message: RetryRun) -> str:
        """How it ended: `over` (sent, refused for good, or not wanted any more) or `given_up`."""
        for delay in message.delays:
            # A provider that comes back is not overrun by all at the same moment.
            spread = delay * (1 + _SPREAD * workflow.random().random())
            await workflow.sleep(spread, summary="until the next attempt")
            if await self._attempt(names.SEND, message, "hand it to the provider"):
                return "over"
        await self._attempt(names.GIVE_UP, message, "state that it failed")
        return "given_up"

    async def _attempt(self, activity: str, message: RetryRun, summary: str) -> bool:
        over: bool = await workflow.execute_activity(
            activity,
            message,
            result_type=bool,
            start_to_close_timeout=timedelta(minutes=2),
            retry_policy=_PATIENT,
            summary=summary,
        )
        return over
