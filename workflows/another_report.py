"""A number may be given again after a restore: what a run does that another report's row answers.

Such a run records nothing any more; it fails, and one for the row takes its place.
"""

from temporalio.exceptions import ApplicationError

from shared.lifecycle.check import Refused
from shared.lifecycle.commands import Command
from shared.lifecycle.state import ReportState
from shared.temporal.messages import ANOTHER_REPORT


class AnotherReport(Refused):
    """The row of this number is another report's."""

    def __init__(self) -> None:
        super().__init__(ANOTHER_REPORT)


def is_for_another(command: Command, state: ReportState) -> bool:
    """Whether a command is for another row than the run's, as far as both say."""
    return None not in (command.identity, state.identity) and command.identity != state.identity


def run_of_another() -> ApplicationError:
    """How the run ends."""
    return ApplicationError(
        "the row of this number is another report's", type=ANOTHER_REPORT, non_retryable=True
    )
