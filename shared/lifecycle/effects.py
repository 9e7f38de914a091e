"""What each action does to a report: the change of state and the clocks it starts and stops."""

from collections.abc import Callable

from shared.lifecycle.actions import (
    REQUESTED_BY,
    Action,
    DeferralKind,
    FollowUpKind,
    RequestKind,
    performed_by,
)
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command
from shared.lifecycle.decision import ClockIntent, ClockOp
from shared.lifecycle.effect_builder import Effect
from shared.lifecycle.requests import ask, object_to_closing, turn_down
from shared.lifecycle.rules import RULES
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import ARCHIVED, CLOSED, Status
from shared.lifecycle.succession import succeed

ALL_REQUESTS = frozenset(RequestKind)


def apply(state: ReportState, command: Command) -> Effect:
    """The effect of a command that `check` has let through."""
    effect = Effect(state)
    if command.action in REQUESTED_BY:
        ask(effect, command)
    elif command.action is Action.ACCEPT_REQUEST:
        _accept(effect, command)
    else:
        _perform(effect, command.action, command)
    return effect


def end_of_auto_close(state: ReportState) -> Effect:
    """The days after the last follow-up have run out."""
    effect = Effect(state)
    _end(effect, Status.CLOSED_BY_SYSTEM)
    return effect


def _perform(effect: Effect, action: Action, command: Command) -> None:
    if (own := _EFFECTS.get(action)) is not None:
        own(effect, command)
    else:
        _move(effect, action)


def _move(effect: Effect, action: Action) -> None:
    """What its row says, of an action without an effect of its own: the report gets the status it
    leads to, if any, and owes nothing more where that closes it or files it away."""
    for status in RULES[action].targets:
        if status in CLOSED:
            _end(effect, status)
        elif status in ARCHIVED:
            _file_away(effect, status)
        else:
            effect.set(status=status, awaited_agency_id=None)


def _verify(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.set(status=Status.VERIFIED, awaited_agency_id=None)
    _set_fields(effect, command)
    effect.stop(ClockKind.VERIFICATION)
    _owe(effect)
    if not effect.before.followed_up:
        effect.start(ClockKind.SETTLEMENT)
    effect.ended = frozenset({RequestKind.NOT_AUTHORITY})


def _amend(effect: Effect, command: Command) -> None:
    _set_fields(effect, command)
    was, is_now = effect.before.classification, command.classification
    if is_now is not None and is_now is not was:
        effect.clocks.append(ClockIntent(op=ClockOp.RESIZE, kind=ClockKind.SETTLEMENT, was=was))


def _set_fields(effect: Effect, command: Command) -> None:
    for name in ("classification", "priority"):
        if (value := getattr(command, name)) is not None:
            effect.set(**{name: value})
    for flag in ("anonymous", "secret"):  # added by staff, never removed
        if getattr(command, flag):
            effect.set(**{flag: True})


def _throw(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.set(status=Status.UNVERIFIED, awaited_agency_id=None)
    effect.stop_process()
    effect.start(ClockKind.VERIFICATION)
    effect.ended = frozenset({RequestKind.NOT_AUTHORITY})


def _defer(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.stop(ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT)
    effect.start_if_absent(ClockKind.VERIFICATION)
    effect.details["deferral"] = command.deferral
    effect.ended = frozenset({RequestKind.NOT_AUTHORITY})
    if command.deferral is DeferralKind.INCOMPLETE_DATA:
        effect.set(status=Status.AWAITING_INFORMATION, question_open=True, awaited_agency_id=None)
        effect.start(ClockKind.QUESTION)
    else:
        effect.set(status=Status.AGENCY_NOT_CONNECTED, awaited_agency_id=command.awaited_agency_id)
        effect.details["awaited_agency_id"] = command.awaited_agency_id


def _complete_information(effect: Effect, command: Command) -> None:
    _mark_brought(effect, command)
    effect.set(question_open=False)
    effect.stop(ClockKind.QUESTION)
    if effect.before.status is Status.AWAITING_INFORMATION:
        effect.set(status=Status.INFORMATION_TO_EVALUATE)


def _archive(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.details["archive_category"] = command.archive_category
    _file_away(effect, Status.ARCHIVED_BY_ADMIN)


def _restore(effect: Effect, _: Command) -> None:
    effect.set(status=Status.UNVERIFIED)
    effect.start(ClockKind.VERIFICATION)
    if effect.before.question_open:
        effect.start(ClockKind.QUESTION)
    effect.ended = frozenset({RequestKind.OBJECTION})


def _withdraw(effect: Effect, _: Command) -> None:
    effect.set(question_open=False)
    _file_away(effect, Status.ARCHIVED_BY_REPORTER)


def _follow_up(effect: Effect, command: Command) -> None:
    effect.set(status=Status.FOLLOWED_UP)
    effect.details["follow_up_kind"] = command.follow_up_kind
    if command.outcome is not None:  # none in those from before 29 November 2026
        effect.details["outcome"] = command.outcome
    if command.unmet_reason is not None:
        effect.details["unmet_reason"] = command.unmet_reason
    if command.follow_up_kind is FollowUpKind.FOLLOW_UP:
        effect.set(followed_up=True, promised=False)
        effect.stop(ClockKind.FOLLOW_UP, ClockKind.SETTLEMENT)
        effect.start(ClockKind.AUTO_CLOSE)
        return
    effect.stop(ClockKind.AUTO_CLOSE)
    if effect.before.clock(ClockKind.SETTLEMENT) is not None:
        effect.stop(ClockKind.FOLLOW_UP)
    elif not effect.before.promised:  # a promise has a clock: once for what is owed
        effect.set(promised=True)
        effect.start(ClockKind.FOLLOW_UP)


def _rectify(effect: Effect, command: Command) -> None:
    effect.details["rectifies"] = str(command.rectifies)


def _coordinate(effect: Effect, command: Command) -> None:
    if command.assignee_id is not None:
        effect.details["assignee_id"] = command.assignee_id


def _mark_brought(effect: Effect, command: Command) -> None:
    if command.brought_by is not None:
        effect.details["brought_by"] = command.brought_by


def _reply(effect: Effect, command: Command) -> None:
    _mark_brought(effect, command)
    effect.set(status=Status.REPLIED_BY_REPORTER)
    effect.stop(ClockKind.AUTO_CLOSE)
    if effect.before.clock(ClockKind.FOLLOW_UP) is None:
        _owe(effect)
    effect.ended = frozenset({RequestKind.CLOSE})


def _declare_satisfied(effect: Effect, command: Command) -> None:
    _end(effect, Status.CLOSED_BY_REPORTER)
    effect.set(rated=command.rated)


def _rate(effect: Effect, _: Command) -> None:
    effect.set(rated=True)


def _forward(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.set(status=Status.VERIFIED, held=False)
    if command.copies:
        effect.set(copies=tuple(sorted({*effect.before.copies, *command.copies})))
    effect.stop(ClockKind.AUTO_CLOSE)
    _owe(effect)
    effect.ended = ALL_REQUESTS


def _change_copies(effect: Effect, command: Command) -> None:
    assert command.copies is not None
    effect.set(copies=tuple(sorted(set(command.copies))))
    effect.details["copies"] = sorted(set(command.copies))


def _hold(effect: Effect, _: Command) -> None:
    effect.set(held=True)
    effect.ended = frozenset({RequestKind.HOLD})


def _release(effect: Effect, _: Command) -> None:
    effect.set(held=False)
    effect.ended = frozenset({RequestKind.RELEASE})


def _reopen(effect: Effect, _: Command) -> None:
    effect.set(status=Status.FOLLOWED_UP)
    _owe(effect)
    effect.ended = frozenset({RequestKind.REOPEN, RequestKind.OBJECTION})


def _owe(effect: Effect) -> None:
    """The agency owes a further step, which may be put off once."""
    effect.set(promised=False)
    effect.start(ClockKind.FOLLOW_UP)


def _accept(effect: Effect, command: Command) -> None:
    request = effect.before.request(command.request_id)
    assert request is not None
    effect.details["request"] = request.kind
    effect.details["request_id"] = str(request.id)
    action = performed_by(request.kind, effect.before.status)
    assert action is not None
    _perform(effect, action, command)


def _file_away(effect: Effect, status: Status) -> None:
    effect.set(status=status, held=False, awaited_agency_id=None)
    effect.stop_process()
    effect.stop(ClockKind.QUESTION)
    effect.ended = ALL_REQUESTS


def _end(effect: Effect, status: Status) -> None:
    effect.set(status=status, held=False, question_open=False)
    # Not settlement: it waits for a reopening, until the first follow-up proper.
    effect.stop(ClockKind.VERIFICATION, ClockKind.FOLLOW_UP, ClockKind.AUTO_CLOSE)
    effect.stop(ClockKind.QUESTION)
    effect.ended = ALL_REQUESTS - {RequestKind.REOPEN}


_EFFECTS: dict[Action, Callable[[Effect, Command], None]] = {
    Action.VERIFY: _verify,
    Action.AMEND: _amend,
    Action.THROW: _throw,
    Action.DEFER: _defer,
    Action.COMPLETE_INFORMATION: _complete_information,
    Action.SUCCEED: succeed,
    Action.ARCHIVE: _archive,
    Action.RESTORE: _restore,
    Action.WITHDRAW: _withdraw,
    Action.FOLLOW_UP: _follow_up,
    Action.RECTIFY: _rectify,
    Action.COORDINATE: _coordinate,
    Action.REPLY: _reply,
    Action.DECLARE_SATISFIED: _declare_satisfied,
    Action.RATE: _rate,
    Action.OBJECT: object_to_closing,
    Action.FORWARD: _forward,
    Action.CHANGE_COPIES: _change_copies,
    Action.HOLD: _hold,
    Action.RELEASE: _release,
    Action.REOPEN: _reopen,
    Action.REJECT_REQUEST: turn_down,
    Action.WITHDRAW_REQUEST: turn_down,
}
