"""What a run does when the row of its number belongs to another report.

A number may be given again after a restore from a backup. The old run records nothing more and
fails; a run for the new row takes its place.
"""

from temporalio.exceptions import ApplicationError

from shared.lifecycle.check import Refused
from shared.lifecycle.commands import Command
from shared.lifecycle.state import ReportState
from shared.temporal.messages import ANOTHER_REPORT


class AnotherReport(Refused):
    """The row of this number belongs to another report."""

    def __init__(self) -> None:
        super().__init__(ANOTHER_REPORT)


def is_for_another(command: Command, state: ReportState) -> bool:
    """Whether the command is for another row than the run's; False if either does not name its
    row."""
    return None not in (command.identity, state.identity) and command.identity != state.identity


def run_of_another() -> ApplicationError:
    """The error with which such a run ends."""
    return ApplicationError(
        "the row of this number is another report's", type=ANOTHER_REPORT, non_retryable=True
    )
