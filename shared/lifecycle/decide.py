"""Decides a step: from a state and a command or a fired clock to what is to be recorded."""

from datetime import datetime
from typing import Any

from shared.lifecycle.actions import (
    ANSWERS_NOT_AUTHORITY,
    Action,
    RequestKind,
    performed_by,
)
from shared.lifecycle.authority import Capacity
from shared.lifecycle.check import check
from shared.lifecycle.clocks import Clock, ClockKind
from shared.lifecycle.commands import Command
from shared.lifecycle.decision import ClockIntent, ClockOp, Decision, Entry, Visibility
from shared.lifecycle.effect_builder import Effect
from shared.lifecycle.effects import apply, end_of_auto_close
from shared.lifecycle.escalation import raise_level
from shared.lifecycle.events import EVENT_OF, event_of
from shared.lifecycle.people import SYSTEM, Actor
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import ENDED
from shared.lifecycle.visibility import visibility_of


def effective_at(state: ReportState, at: datetime, now: datetime) -> datetime:
    """The time at which a command counts.

    It is never in the future and never before the last step, even if a machine whose clock is ahead
    recorded that step.
    """
    return max(min(now, at), state.last_step_at)


def decide(
    state: ReportState, command: Command, at: datetime, *, before_later_refusals: bool = False
) -> Decision:
    """The step that a command makes at its effective time. Raises `Refused`;
    `before_later_refusals` as in `check`."""
    check(state, command, before_later_refusals=before_later_refusals)
    effect = apply(state, command.model_copy(update={"at": at}))
    if Capacity.SOLE_DECIDER in command.capacities and _decides(state, command):
        effect.details["decided_alone"] = True
    actor = command.actor
    action = _performed(state, command)
    main = _entry(state, effect, action, actor, at, command.id, command.reason_code)
    entries = [main, *_ended_entries(state, effect, command, actor, at)]
    event = event_of(action, effect.details)
    return _decision(state, effect, str(command.id), at, entries, event)


def _decides(state: ReportState, command: Command) -> bool:
    """Whether the command decides a pending request, or does what a request asks for."""
    if command.action in (Action.ACCEPT_REQUEST, Action.REJECT_REQUEST):
        return True
    return any(_grants(request.kind, command) for request in state.requests)


def decide_refused_signal(
    state: ReportState, action: Action, actor: Actor, step_id: str, at: datetime, code: str
) -> Decision:
    """The step that records only that a signal was not legal at that moment."""
    effect = Effect(state)
    effect.details["refused"] = code
    entry = _entry(state, effect, action, actor, at)
    entry = entry.model_copy(update={"visibility": Visibility.STAFF})
    return _decision(state, effect, step_id, at, [entry], "signal_refused")


def decide_clock(state: ReportState, clock: Clock) -> Decision:
    """The step that a clock makes when it runs out, dated to its deadline."""
    assert clock.deadline is not None
    step_id = f"clock:{clock.kind}:{clock.key or ''}:{state.version}"
    if clock.kind is ClockKind.AUTO_CLOSE:
        effect, action, event = end_of_auto_close(state), Action.AUTO_CLOSE, "closed"
    else:
        effect, action = Effect(state), _MARKED_AS.get(clock.kind, Action.OVERDUE)
        event = EVENT_OF[action]
        effect.clocks.append(ClockIntent(op=ClockOp.FIRE, kind=clock.kind, key=clock.key))
        raise_level(effect, clock.kind)
        effect.details["clock"] = clock.kind
        if clock.key:
            effect.details["request_id"] = clock.key
    at = max(clock.deadline, state.last_step_at)
    main = _entry(state, effect, action, SYSTEM, at)
    if clock.kind is ClockKind.REQUEST:  # the reporter does not read of requests
        main = main.model_copy(update={"visibility": Visibility.STAFF})
    entries = [main, *_ended_entries(state, effect, None, SYSTEM, at)]
    return _decision(state, effect, step_id, at, entries, event)


# A question without an answer means that the reporter is silent; it makes nobody late.
_MARKED_AS = {
    ClockKind.QUESTION: Action.QUESTION_REMINDER,
    ClockKind.CLOSING_NOTICE: Action.CLOSING_NOTICE,
    ClockKind.ESCALATION: Action.ESCALATE,
}


def _performed(state: ReportState, command: Command) -> Action:
    """The action to record: for an accepted request the requested action, with the request
    named."""
    if command.action is not Action.ACCEPT_REQUEST:
        return command.action
    request = state.request(command.request_id)
    assert request is not None
    performed = performed_by(request.kind, state.status)
    assert performed is not None
    return performed


def _decision(
    state: ReportState,
    effect: Effect,
    step_id: str,
    at: datetime,
    entries: list[Entry],
    event: str,
) -> Decision:
    after = _after(state, effect, step_id, at, len(entries))
    return Decision(
        step_id=step_id,
        at=at,
        state=after,
        clocks=tuple(effect.clocks),
        entries=tuple(entries),
        event=event,
    )


def _after(
    state: ReportState, effect: Effect, step_id: str, at: datetime, lines: int
) -> ReportState:
    changes: dict[str, Any] = dict(effect.changes)
    ends = changes.get("status", state.status) in ENDED
    if ends is not (state.status in ENDED):  # it ends, or is opened again
        anew = {"rating_until": None, "rated": False, "objected": False}
        changes = {"ended_at": at if ends else None} | anew | changes
    requests = changes.get("requests", state.requests)
    for request in requests:
        if request.kind in effect.ended:
            effect.stop(ClockKind.REQUEST, key=str(request.id))
    changes["requests"] = tuple(r for r in requests if r.kind not in effect.ended)
    changes |= {
        "version": state.version + 1,
        "entries": state.entries + lines,
        "step_id": step_id,
        "last_step_at": at,
    }
    return state.model_copy(update=changes)


def _entry(
    state: ReportState,
    effect: Effect,
    action: Action,
    actor: Actor,
    at: datetime,
    ref: Any = None,
    reason_code: str | None = None,
) -> Entry:
    details = dict(effect.details)
    if "chain" in effect.changes:
        details |= {"from_handler": state.handler_id, "to_handler": effect.changes["chain"][-1]}
    if reason_code:
        details["reason_code"] = reason_code
    to_status = effect.changes.get("status", state.status)
    return Entry(
        action=action,
        actor=actor,
        at=at,
        from_status=state.status,
        to_status=to_status,
        visibility=visibility_of(action, details, changed=to_status is not state.status),
        ref=ref,
        details=details,
    )


def _ended_entries(
    state: ReportState, effect: Effect, command: Command | None, actor: Actor, at: datetime
) -> list[Entry]:
    """A line for each request that this step ends; not for the request that the step itself
    decides."""
    to_status = effect.changes.get("status", state.status)
    lines = []
    for request in state.requests:
        if request.kind not in effect.ended or _is_its_subject(command, request.id):
            continue
        lines.append(
            Entry(
                action=Action.END_REQUEST,
                actor=actor,
                at=at,
                from_status=to_status,
                to_status=to_status,
                visibility=Visibility.STAFF,
                ref=request.id,
                details={
                    "request": request.kind,
                    "accepted": _grants(request.kind, command),
                },
            )
        )
    return lines


def _is_its_subject(command: Command | None, request_id: Any) -> bool:
    decisions = {Action.ACCEPT_REQUEST, Action.REJECT_REQUEST, Action.WITHDRAW_REQUEST}
    return command is not None and command.action in decisions and command.request_id == request_id


def _grants(kind: RequestKind, command: Command | None) -> bool:
    """Whether the step grants what the request asked for."""
    if command is None:
        return False
    if kind is RequestKind.NOT_AUTHORITY:
        return command.action in ANSWERS_NOT_AUTHORITY
    if kind is RequestKind.OBJECTION:
        return command.action in (Action.REOPEN, Action.RESTORE)
    return command.action == kind.value
