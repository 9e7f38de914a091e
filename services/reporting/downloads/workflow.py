"""The workflow of a large download: makes it, keeps it for some days, then deletes it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from services.reporting.downloads import names
from services.reporting.downloads.names import DownloadRun

_SHORT = timedelta(seconds=30)


@workflow.defn(name=names.WORKFLOW)
class DownloadWorkflow:
    """Makes one download, in an activity that is retried after a restart and goes on after the
    parts that are kept (`files/build.py`). The workflow of a cancelled download ends as soon as
    the activity sees that it was cancelled."""

    @workflow.run
    async def run(self, download: DownloadRun) -> str:
        """Return how the download ended: expired, cancelled or failed."""
        try:
            done = await workflow.execute_activity(
                names.MAKE,
                download,
                result_type=bool,
                start_to_close_timeout=timedelta(hours=6),
                heartbeat_timeout=_SHORT,
                retry_policy=RetryPolicy(
                    initial_interval=timedelta(seconds=2),
                    maximum_interval=timedelta(minutes=5),
                    maximum_attempts=10,
                ),
                summary="read the rows, write the file, keep it",
            )
        except ActivityError:
            await self._short(names.GIVE_UP, download, "state that it failed")
            return "failed"
        if not done:
            return "cancelled"
        await workflow.sleep(names.KEPT, summary="until the file is deleted")
        await self._short(names.EXPIRE, download, "delete the file")
        return "expired"

    async def _short(self, activity: str, download: DownloadRun, summary: str) -> None:
        await workflow.execute_activity(
            activity, download, start_to_close_timeout=_SHORT, summary=summary
        )
