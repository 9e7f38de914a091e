"""The workflow of a morning: it has messages written in batches of agencies. They are then sent
like all messages. Running it twice for a day writes nothing new."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

from services.notification.digest import names
from services.notification.digest.names import DigestBatch, DigestRun

_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
_LATE_AFTER = timedelta(hours=3)
_BATCHES = 100
"""Batches after which the run continues as a new one, so that its history stays short."""


@workflow.defn(name=names.WORKFLOW)
class DigestWorkflow:
    """Writes all batches of one zone and day."""

    @workflow.run
    async def run(self, run: DigestRun) -> str:
        """Returns how it ended: `not_due`, `written` or `too_late`. The last means that writing
        took so long that the messages are no longer useful."""
        bounded = workflow.patched("too-late")
        scheduled_at = workflow.info().workflow_start_time
        day = run.day or scheduled_at.astimezone(run.zone.offset).date()
        batch = DigestBatch(zone=run.zone, day=day, after=run.after, mailing=run.mailing)
        if not run.after and not await self._is_due(batch):
            return "not_due"
        written = 0
        while True:
            if bounded and workflow.now() > scheduled_at + _LATE_AFTER:
                return "too_late"
            if (last := await self._write(batch)) is None:
                return "written"
            batch, written = batch.model_copy(update={"after": last}), written + 1
            if written == _BATCHES:
                workflow.continue_as_new(run.model_copy(update={"day": day, "after": last}))

    async def _is_due(self, batch: DigestBatch) -> bool:
        due: bool = await workflow.execute_activity(
            names.IS_DUE,
            batch,
            result_type=bool,
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=_PATIENT,
            summary="is it a day for it",
        )
        return due

    async def _write(self, batch: DigestBatch) -> int | None:
        last: int | None = await workflow.execute_activity(
            names.WRITE_BATCH,
            batch,
            result_type=int,
            start_to_close_timeout=timedelta(minutes=5),
            retry_policy=_PATIENT,
            summary=f"agencies after {batch.after}",
        )
        return last
