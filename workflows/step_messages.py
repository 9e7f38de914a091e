"""What the workflow and the activity that records a step tell each other."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command, Outcome
from shared.lifecycle.decision import Decision
from shared.lifecycle.state import ReportState


class FiredClock(BaseModel):
    """The clock a step is about. `patient`: commands asked before it ran out go first, but for
    the one it is fired for."""

    model_config = ConfigDict(frozen=True)

    kind: ClockKind
    key: str | None
    deadline: datetime
    patient: bool
    ahead_of: UUID | None = None


class Step(BaseModel):
    """A step to record. Without a decision it only asks for the stored state."""

    model_config = ConfigDict(frozen=True)

    number: int
    identity: UUID | None = None
    """Of the row this run is for; None in runs that have not heard of it yet."""
    now: datetime
    """The workflow's time: what is due is judged by it, also where time is skipped."""
    decision: Decision | None = None
    clock: FiredClock | None = None
    command: Command | None = None
    sent: bool = False
    """The command claims to come from a service: its row must say the same."""
    refusal: str | None = None
    """The step only records that this command, a signal, was refused."""


class Verdict(StrEnum):
    RECORDED = "recorded"
    SUPERSEDED = "superseded"
    """Another step is stored, or a clock goes first: decide anew from the stored state."""
    NOT_DUE = "not_due"
    """The clock was re-dated: not before the stored deadline."""
    WAITING = "waiting"
    """A command asked before the clock ran out is on its way."""
    UNTRUSTED = "untrusted"
    """No service has sent such a command."""
    ANOTHERS = "anothers"
    """The row of this number is another report's: a backup was restored, and it was given again."""
    KNOWN = "known"
    """The command has its outcome since earlier."""


class StepResult(BaseModel):
    """The stored state after the step, or as it was where nothing was written; and the codes of
    the agencies in it."""

    model_config = ConfigDict(frozen=True)

    verdict: Verdict
    state: ReportState
    outcome: Outcome | None = None
    agencies: dict[int, str] = {}
