"""Turns the clock intents of a decision into dates, by calendar and policy."""

from datetime import datetime

from shared.lifecycle import clocks
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.calendar import WorkingCalendar
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.decision import ClockIntent, ClockOp, Decision
from shared.lifecycle.escalation import end_if_not_late, escalation_runs
from shared.lifecycle.policy import Policy
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import ENDED, Status


def apply_clocks(
    stored: tuple[Clock, ...], decision: Decision, calendar: WorkingCalendar, policy: Policy
) -> ReportState:
    """The state after the step, with its clocks started, stopped, paused and resumed.

    `stored` are the clocks before the step as Postgres has them; calendar edits may have re-dated
    them.
    """
    state = decision.state
    running = {(clock.kind, clock.key): clock for clock in stored}
    for intent in decision.clocks:
        _apply_intent(running, intent, state, decision.at, calendar, policy)
    climber = running.pop((ClockKind.ESCALATION, None), None)
    settled = tuple(
        _resume_or_pause(clock, clock_runs(clock.kind, state), state, decision.at, calendar)
        for clock in running.values()
    )
    if climber is not None:
        goes_up = escalation_runs(settled)
        settled = (*settled, _resume_or_pause(climber, goes_up, state, decision.at, calendar))
    until = state.rating_until
    if state.ended_at is not None and until is None:
        length = policy.length(ClockKind.RATING, state.classification)
        until = clocks.end_of(length, state.ended_at, state.zone, calendar, state.number)
    after = state.model_copy(update={"clocks": settled, "rating_until": until})
    return end_if_not_late(after, decision.entries[0].action)


def clock_runs(kind: ClockKind, state: ReportState) -> bool:
    """Whether a started clock of this kind runs in this state; otherwise it is paused."""
    not_authority = state.pending(RequestKind.NOT_AUTHORITY) is not None
    match kind:
        case ClockKind.VERIFICATION:
            at_the_handler = {Status.UNVERIFIED, Status.INFORMATION_TO_EVALUATE}
            return state.status in at_the_handler and not not_authority
        case ClockKind.FOLLOW_UP:
            return not not_authority
        case ClockKind.SETTLEMENT:
            return not not_authority and state.status not in ENDED
        case ClockKind.AUTO_CLOSE | ClockKind.CLOSING_NOTICE:
            return not state.held and state.pending(RequestKind.HOLD) is None
        case ClockKind.REQUEST | ClockKind.QUESTION:
            return True
        case ClockKind.RATING | ClockKind.ESCALATION | ClockKind.PROOF:
            raise AssertionError("a stored date; a clock that runs by others; no report's")


def _apply_intent(
    running: dict[tuple[ClockKind, str | None], Clock],
    intent: ClockIntent,
    state: ReportState,
    at: datetime,
    calendar: WorkingCalendar,
    policy: Policy,
) -> None:
    name = (intent.kind, intent.key)
    match intent.op:
        case ClockOp.STOP:
            running.pop(name, None)
            if intent.kind is ClockKind.AUTO_CLOSE:
                running.pop(_NOTICE, None)
        case ClockOp.FIRE:
            if name in running:
                running[name] = clocks.fire(running[name])
        case ClockOp.RESIZE:
            if name in running:
                was = policy.length(intent.kind, intent.was)
                length = policy.length(intent.kind, state.classification)
                longer = length.duration - was.duration
                running[name] = clocks.resize(running[name], longer, at, calendar, state.number)
        case ClockOp.START_IF_ABSENT if name in running:
            pass
        case ClockOp.START | ClockOp.START_IF_ABSENT:
            length = policy.length(intent.kind, state.classification)
            running[name] = clocks.start(
                intent.kind,
                length,
                at,
                state.zone,
                calendar,
                policy.version,
                state.number,
                intent.key,
            )
            if intent.kind is ClockKind.AUTO_CLOSE:
                running.pop(_NOTICE, None)
                before = policy.length(ClockKind.CLOSING_NOTICE, state.classification)
                notice = clocks.notice_of(running[name], before, calendar, state.number)
                running |= {_NOTICE: notice} if notice else {}


_NOTICE = (ClockKind.CLOSING_NOTICE, None)


def _resume_or_pause(
    clock: Clock, runs: bool, state: ReportState, at: datetime, calendar: WorkingCalendar
) -> Clock:
    if not runs:
        return clocks.pause(clock, at, calendar)
    in_zone = clocks.rezone(clock, at, state.zone, calendar, state.number)
    return clocks.resume(in_zone, at, state.zone, calendar, state.number)
