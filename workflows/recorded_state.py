"""What a run knows of its report: the state in Postgres, as far as the run has been informed."""

from datetime import timedelta
from typing import Final

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from shared.temporal import names
from shared.temporal.messages import Start
from workflows.another_report import AnotherReport
from workflows.card import card
from workflows.step_messages import Step, StepResult, Verdict
from workflows.step_requests import summary

ATTEMPTS: Final = 3
TOGETHER: Final = timedelta(seconds=3)
"""How many times, and for how long, a step is tried within the workflow task. The time includes
waiting for a turn in a busy worker. The report answers nobody meanwhile. Postgres ends a single
attempt long before."""


class RecordedState:
    """The state, which changes only when the activity that records a step has returned.

    `changed` is set whenever the state becomes different, and when the row turns out to belong to
    another report (`another`); the code that has looked at it clears it. `pending` is the step
    under way.
    """

    def __init__(self, start: Start) -> None:
        self.state = start.stored
        self.changed = False
        self.another = False
        self.pending: Step | None = None
        self._agencies = dict(start.agencies)
        self._retire_after = start.retire_after
        self._locally = start.records_locally
        self._show()

    async def record(self, step: Step) -> StepResult:
        """Have the step written in one transaction, and only then remember the result.

        Raises `AnotherReport`.
        """
        self.pending = step
        try:
            result = await self._written(step)
        finally:
            self.pending = None
        if result.verdict is Verdict.ANOTHERS:
            self.another = self.changed = True
            raise AnotherReport
        before, self.state = self.state, result.state
        self.changed |= self.state != before
        if changes := names.changed_attributes(before, self.state):
            workflow.upsert_search_attributes(changes)
        self._agencies |= result.agencies
        self._show()
        return result

    async def read_again(self) -> None:
        """Read the stored state and remember it. Raises `AnotherReport`."""
        state = self.state
        await self.record(Step(number=state.number, identity=state.identity, now=workflow.now()))

    def next_start(self) -> Start:
        """What the next run of this report starts from."""
        return Start(stored=self.state, retire_after=self._retire_after, agencies=self._agencies)

    async def _written(self, step: Step) -> StepResult:
        """Record within the workflow task if that works at once; otherwise by an ordinary activity.

        That activity is retried without end, and the Temporal UI shows it as pending.
        """
        if self._locally:
            try:
                return await _record_in_the_task(step)
            except FailureError as failure:  # of the last attempt as it is, or that time is over
                if is_cancelled_exception(failure) or _is_permanent(failure):
                    raise
        return await _record_by_activity(step, names.priority_of(self.state))

    def _show(self) -> None:
        workflow.set_current_details(card(self.state, self._agencies))


async def _record_in_the_task(step: Step) -> StepResult:
    result: StepResult = await workflow.execute_local_activity(
        names.RECORD,
        step,
        result_type=StepResult,
        schedule_to_close_timeout=TOGETHER,
        retry_policy=_AT_ONCE,
        summary=summary(step),
    )
    return result


async def _record_by_activity(step: Step, priority: Priority) -> StepResult:
    result: StepResult = await workflow.execute_activity(
        names.RECORD,
        step,
        result_type=StepResult,
        start_to_close_timeout=timedelta(seconds=15),
        retry_policy=_WITHOUT_END,
        priority=priority,
        summary=summary(step),
    )
    return result


_AT_ONCE: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    backoff_coefficient=1.0,
    maximum_attempts=ATTEMPTS,
)
_WITHOUT_END: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=20)
)


def _is_permanent(failure: FailureError) -> bool:
    return isinstance(failure, ApplicationError) and failure.non_retryable
