"""Versions of the workflow to come: each alters the order of its commands, one properly."""

from temporalio import workflow

from shared.temporal import names
from shared.temporal.messages import Start
from workflows import report
from workflows.step_messages import Step, StepResult

CHANGE = "pause-before-recording"


@workflow.defn(name=names.WORKFLOW)
class Patched(report.ReportWorkflow):
    """Pauses before every step, in runs that have not made one without."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Start) -> None:
        await super().run(start)

    async def _record(self, step: Step) -> StepResult:
        if workflow.patched(CHANGE):
            await workflow.sleep(0.01, summary=CHANGE)
        return await super()._record(step)


@workflow.defn(name=names.WORKFLOW)
class Unpatched(report.ReportWorkflow):
    """The same change as somebody would make it who does not know of running reports."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: Start) -> None:
        await super().run(start)

    async def _record(self, step: Step) -> StepResult:
        await workflow.sleep(0.01, summary=CHANGE)
        return await super()._record(step)
