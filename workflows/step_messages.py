"""The messages between the workflow and the activity that records a step."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.decision import Decision
from shared.lifecycle.state import ReportState


class FiredClock(BaseModel):
    """The clock that a step is about.

    `patient`: commands asked before it ran out are recorded first, except `ahead_of`, the command
    for which it is fired.
    """

    model_config = ConfigDict(frozen=True)

    kind: ClockKind
    key: str | None
    deadline: datetime
    patient: bool
    ahead_of: UUID | None = None


class Step(BaseModel):
    """A step to record. A step without a decision only asks for the stored state."""

    model_config = ConfigDict(frozen=True)

    number: int
    identity: UUID | None = None
    """The identity of the row this run is for; None in runs that do not know it yet."""
    now: datetime
    """The workflow's time. It decides what is due, also where a test skips time."""
    decision: Decision | None = None
    clock: FiredClock | None = None
    command: Command | None = None
    sent: bool = False
    """The command claims to come from a service; its row must confirm that."""
    refusal: str | None = None
    """The step only records that this command, a signal, was refused."""


class Verdict(StrEnum):
    RECORDED = "recorded"
    SUPERSEDED = "superseded"
    """Another step is stored, or a clock goes first: decide again from the stored state."""
    NOT_DUE = "not_due"
    """The clock's deadline was changed: it does not fire before the stored deadline."""
    WAITING = "waiting"
    """A command that was asked before the clock ran out is under way."""
    UNTRUSTED = "untrusted"
    """No service has sent such a command."""
    ANOTHERS = "anothers"
    """The row of this number is another report's: the number was given again after a backup was
    restored."""
    KNOWN = "known"
    """The command got its outcome earlier."""


class StepResult(BaseModel):
    """The stored state after the step, unchanged if nothing was written.

    `agencies` holds the codes of the agencies in it.
    """

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    state: ReportState
    outcome: Outcome | None = None
    agencies: dict[int, str] = {}
