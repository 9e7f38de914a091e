"""*Request Cancellation* in the Temporal UI: no button can end a report."""

from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

from shared.lifecycle.actions import Action
from workflows.another_report import AnotherReport
from workflows.perform_command import CommandPerformer
from workflows.recorded_state import RecordedState
from workflows.signals import by_operator


class Cancellation:
    """Counts the cancellation requests that a run got.

    Once all are recorded the report goes on in a new run, which nobody has asked to end
    (`begin_anew`).
    """

    def __init__(self, recorded: RecordedState, performer: CommandPerformer) -> None:
        self._recorded = recorded
        self._performer = performer
        self._asked = 0
        self.begin_anew = False

    def note(self, interrupted: BaseException) -> None:
        """Count a cancellation request; raise `interrupted` again if it is anything else."""
        asked = workflow.cancellation_reason() is not None
        if not asked or not is_cancelled_exception(interrupted):
            raise interrupted
        self._asked += 1

    async def record(self) -> None:
        """Record the requests in the history, as an operator's refused action."""
        if not self._asked:
            return
        state = self._recorded.state
        asked = by_operator(state, Action.CANCEL, workflow.uuid4(), workflow.now(), None)
        with suppress(AnotherReport):
            await self._performer.perform(asked, sent=False, refusals_are_recorded=True)
        self._asked -= 1
        self.begin_anew = not self._asked
