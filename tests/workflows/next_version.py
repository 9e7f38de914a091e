"""Versions of the workflow to come: each alters the order of its commands, one properly."""

from temporalio import workflow

from shared.temporal import names
from shared.temporal.messages import Start
from workflows import report
from workflows.recorded_state import RecordedState
from workflows.step_messages import Step, StepResult

CHANGE = "pause-before-recording"


@workflow.defn(name=names.WORKFLOW)
class Patched(report.ReportWorkflow):
    """Pauses before every step, in runs that have not made one without."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        super().__init__(start)
        _pause_before_steps(self._recorded, properly=True)

    @workflow.run
    async def run(self, start: Start) -> None:
        await super().run(start)


@workflow.defn(name=names.WORKFLOW)
class Unpatched(report.ReportWorkflow):
    """The same change as somebody would make it who does not know of running reports."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        super().__init__(start)
        _pause_before_steps(self._recorded, properly=False)

    @workflow.run
    async def run(self, start: Start) -> None:
        await super().run(start)


def _pause_before_steps(recorded: RecordedState, *, properly: bool) -> None:
    record = recorded.record

    async def record_after_a_pause(step: Step) -> StepResult:
        if not properly or workflow.patched(CHANGE):
            await workflow.sleep(0.01, summary=CHANGE)
        return await record(step)

    recorded.record = record_after_a_pause  # type: ignore[method-assign]
