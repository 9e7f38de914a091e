"""The workflow that retries a message for days, with growing delays."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from services.notification.sending import retry_names as names
from services.notification.sending.retry_names import RetryRun

# For failures on our side (the database is away); failures of the provider are not errors here.
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_SPREAD = 0.1


@workflow.defn(name=names.WORKFLOW)
class MessageRetryWorkflow:
    """One round of attempts, with growing delays between them."""

    @workflow.run
    async def run(self, message: RetryRun) -> str:
        """Returns how it ended: `over` (sent, refused for good, or no longer wanted) or
        `given_up`."""
        for delay in message.delays:
            # The delays vary, so that a provider that recovers does not get all messages at once.
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
