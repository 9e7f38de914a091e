"""Builds the change that a step makes: fields, clocks to start and stop, requests that end."""

from typing import Any

from shared.lifecycle.actions import RequestKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command
from shared.lifecycle.decision import ClockIntent, ClockOp
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status

ALL_REQUESTS = frozenset(RequestKind)


class Effect:
    """A change that is being built. `ended` are the kinds of request that this step ends."""

    def __init__(self, state: ReportState) -> None:
        self.before = state
        self.changes: dict[str, Any] = {}
        self.clocks: list[ClockIntent] = []
        self.details: dict[str, Any] = {}
        self.ended: frozenset[RequestKind] = frozenset()

    def set(self, **changes: Any) -> None:
        self.changes |= changes

    def start(self, *kinds: ClockKind, key: str | None = None) -> None:
        self.clocks += [ClockIntent(op=ClockOp.START, kind=kind, key=key) for kind in kinds]

    def start_if_absent(self, kind: ClockKind) -> None:
        self.clocks.append(ClockIntent(op=ClockOp.START_IF_ABSENT, kind=kind))

    def stop(self, *kinds: ClockKind, key: str | None = None) -> None:
        self.clocks += [ClockIntent(op=ClockOp.STOP, kind=kind, key=key) for kind in kinds]

    def stop_process(self) -> None:
        """Stop the process clocks. The clock of a request or question ends with that request or
        question."""
        self.stop(
            ClockKind.VERIFICATION,
            ClockKind.FOLLOW_UP,
            ClockKind.SETTLEMENT,
            ClockKind.AUTO_CLOSE,
        )

    def hand_over(self, command: Command) -> None:
        if command.handing is not None:
            self.set(chain=command.handing.chain, zone=command.handing.zone)

    def require_further_step(self) -> None:
        """The agency owes a further step, which an initial response may put off once."""
        self.set(promised=False)
        self.start(ClockKind.FOLLOW_UP)

    def archive(self, status: Status) -> None:
        """Archive the report: nothing is owed any more."""
        self.set(status=status, held=False, awaited_agency_id=None)
        self.stop_process()
        self.stop(ClockKind.QUESTION)
        self.ended = ALL_REQUESTS

    def end(self, status: Status) -> None:
        """Close the report.

        The settlement clock is kept: after a reopening it goes on until the first follow-up proper.
        """
        self.set(status=status, held=False, question_open=False)
        self.stop(ClockKind.VERIFICATION, ClockKind.FOLLOW_UP, ClockKind.AUTO_CLOSE)
        self.stop(ClockKind.QUESTION)
        self.ended = ALL_REQUESTS - {RequestKind.REOPEN}
