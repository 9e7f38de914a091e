"""Makes the steps to be recorded for a command, or for a clock that ran out."""

from datetime import datetime
from uuid import UUID

from shared.lifecycle.check import Refused
from shared.lifecycle.clocks import Clock
from shared.lifecycle.commands import Command
from shared.lifecycle.decide import decide, decide_clock, decide_refused_signal
from shared.lifecycle.state import ReportState
from workflows.step_messages import FiredClock, Step


def command_step(
    state: ReportState,
    command: Command,
    at: datetime,
    now: datetime,
    *,
    sent: bool,
    refusals_are_recorded: bool,
    before_later_refusals: bool,
) -> Step:
    """The step of a command at its effective time.

    Raises `Refused`, unless the refusal itself is to be recorded. `sent`: the command claims to
    come from a service; `before_later_refusals` as in `check`.
    """
    step = Step(number=state.number, identity=state.identity, now=now, command=command, sent=sent)
    try:
        decision = decide(state, command, at, before_later_refusals=before_later_refusals)
    except Refused as refusal:
        if not refusals_are_recorded:
            raise
        decision = decide_refused_signal(
            state, command.action, command.actor, str(command.id), at, refusal.code
        )
        return step.model_copy(update={"decision": decision, "refusal": refusal.code})
    return step.model_copy(update={"decision": decision})


def clock_step(
    state: ReportState, clock: Clock, now: datetime, *, patient: bool, ahead_of: UUID | None
) -> Step:
    """The step of a clock that ran out; `ahead_of` is the command before which it is recorded."""
    assert clock.deadline is not None
    fired = FiredClock(
        kind=clock.kind, key=clock.key, deadline=clock.deadline, patient=patient, ahead_of=ahead_of
    )
    decision = decide_clock(state, clock)
    return Step(
        number=state.number, identity=state.identity, now=now, decision=decision, clock=fired
    )


def summary(step: Step) -> str:
    """One line for the Temporal UI."""
    if step.decision is None:
        return "baca ulang"
    entry = step.decision.entries[0]
    if step.refusal is not None:
        return f"v{step.decision.state.version} {entry.action} ditolak: {step.refusal}"
    return f"v{step.decision.state.version} {entry.action} → {entry.to_status}"
