"""*Request Cancellation* in the Temporal UI: nobody's button ends a report."""

from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import is_cancelled_exception

from shared.lifecycle.actions import Action
from workflows.another_report import AnotherReport
from workflows.perform_command import CommandPerformer
from workflows.recorded_state import RecordedState
from workflows.signals import by_operator


class Cancellation:
    """Counts the requests of a run. Once all are recorded the report goes on in a new run, of
    which nobody has asked to end (`begin_anew`)."""

    def __init__(self, recorded: RecordedState, performer: CommandPerformer) -> None:
        self._recorded = recorded
        self._performer = performer
        self._asked = 0
        self.begin_anew = False

    def note(self, interrupted: BaseException) -> None:
        """Count it; raises what has interrupted the run for another reason."""
        asked = workflow.cancellation_reason() is not None
        if not asked or not is_cancelled_exception(interrupted):
            raise interrupted
        self._asked += 1

    async def record(self) -> None:
        """In the history, as an operator's act that was refused."""
        if not self._asked:
            return
        state = self._recorded.state
        asked = by_operator(state, Action.CANCEL, workflow.uuid4(), workflow.now(), None)
        with suppress(AnotherReport):
            await self._performer.perform(asked, sent=False, refusals_are_recorded=True)
        self._asked -= 1
        self.begin_anew = not self._asked
