"""What each action does to a report: the changes of its state, and the clocks to start and stop."""

from collections.abc import Callable

from shared.lifecycle import conversation
from shared.lifecycle.actions import (
    REQUESTED_BY,
    Action,
    DeferralKind,
    RequestKind,
    performed_by,
)
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command
from shared.lifecycle.decision import ClockIntent, ClockOp
from shared.lifecycle.effect_builder import ALL_REQUESTS, Effect
from shared.lifecycle.requests import ask, end_request, object_to_closing
from shared.lifecycle.rules import RULES
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import ARCHIVED, CLOSED, Status
from shared.lifecycle.succession import succeed


def apply(state: ReportState, command: Command) -> Effect:
    """The effect of a command that has passed `check`."""
    effect = Effect(state)
    if command.action in REQUESTED_BY:
        ask(effect, command)
    elif command.action is Action.ACCEPT_REQUEST:
        _accept(effect, command)
    else:
        _perform(effect, command.action, command)
    return effect


def end_of_auto_close(state: ReportState) -> Effect:
    """The effect when the days after the last follow-up have run out."""
    effect = Effect(state)
    effect.end(Status.CLOSED_BY_SYSTEM)
    return effect


def _perform(effect: Effect, action: Action, command: Command) -> None:
    if (own := _EFFECTS.get(action)) is not None:
        own(effect, command)
    else:
        _move(effect, action)


def _move(effect: Effect, action: Action) -> None:
    """Apply the table's row to an action that has no effect of its own.

    The report gets the row's target status, if any, and the agency owes nothing more if that status
    closes or archives it.
    """
    for status in RULES[action].targets:
        if status in CLOSED:
            effect.end(status)
        elif status in ARCHIVED:
            effect.archive(status)
        else:
            effect.set(status=status, awaited_agency_id=None)


def _verify(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.set(status=Status.VERIFIED, awaited_agency_id=None)
    _set_fields(effect, command)
    effect.stop(ClockKind.VERIFICATION)
    effect.require_further_step()
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


def _archive(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.details["archive_category"] = command.archive_category
    effect.archive(Status.ARCHIVED_BY_ADMIN)


def _restore(effect: Effect, _: Command) -> None:
    effect.set(status=Status.UNVERIFIED)
    effect.start(ClockKind.VERIFICATION)
    if effect.before.question_open:
        effect.start(ClockKind.QUESTION)
    effect.ended = frozenset({RequestKind.OBJECTION})


def _withdraw(effect: Effect, _: Command) -> None:
    effect.set(question_open=False)
    effect.archive(Status.ARCHIVED_BY_REPORTER)


def _forward(effect: Effect, command: Command) -> None:
    effect.hand_over(command)
    effect.set(status=Status.VERIFIED, held=False)
    if command.copies:
        effect.set(copies=tuple(sorted({*effect.before.copies, *command.copies})))
    effect.stop(ClockKind.AUTO_CLOSE)
    effect.require_further_step()
    effect.ended = ALL_REQUESTS


def _change_copies(effect: Effect, command: Command) -> None:
    assert command.copies is not None
    effect.set(copies=tuple(sorted(set(command.copies))))
    effect.details["copies"] = sorted(set(command.copies))


def _link(effect: Effect, command: Command) -> None:
    effect.set(main_number=command.main_number)
    effect.details["main_number"] = command.main_number


def _unlink(effect: Effect, _: Command) -> None:
    effect.set(main_number=None)
    effect.details["main_number"] = effect.before.main_number


def _hold(effect: Effect, _: Command) -> None:
    effect.set(held=True)
    effect.ended = frozenset({RequestKind.HOLD})


def _release(effect: Effect, _: Command) -> None:
    effect.set(held=False)
    effect.ended = frozenset({RequestKind.RELEASE})


def _reopen(effect: Effect, _: Command) -> None:
    effect.set(status=Status.FOLLOWED_UP)
    effect.require_further_step()
    effect.ended = frozenset({RequestKind.REOPEN, RequestKind.OBJECTION})


def _accept(effect: Effect, command: Command) -> None:
    request = effect.before.request(command.request_id)
    assert request is not None
    effect.details["request"] = request.kind
    effect.details["request_id"] = str(request.id)
    action = performed_by(request.kind, effect.before.status)
    assert action is not None
    _perform(effect, action, command)


_EFFECTS: dict[Action, Callable[[Effect, Command], None]] = {
    Action.VERIFY: _verify,
    Action.AMEND: _amend,
    Action.THROW: _throw,
    Action.DEFER: _defer,
    Action.COMPLETE_INFORMATION: conversation.complete_information,
    Action.SUCCEED: succeed,
    Action.ARCHIVE: _archive,
    Action.RESTORE: _restore,
    Action.WITHDRAW: _withdraw,
    Action.FOLLOW_UP: conversation.follow_up,
    Action.RECTIFY: conversation.rectify,
    Action.COORDINATE: conversation.coordinate,
    Action.REPLY: conversation.reply,
    Action.DECLARE_SATISFIED: conversation.declare_satisfied,
    Action.RATE: conversation.rate,
    Action.OBJECT: object_to_closing,
    Action.FORWARD: _forward,
    Action.CHANGE_COPIES: _change_copies,
    Action.LINK: _link,
    Action.UNLINK: _unlink,
    Action.HOLD: _hold,
    Action.RELEASE: _release,
    Action.REOPEN: _reopen,
    Action.REJECT_REQUEST: end_request,
    Action.WITHDRAW_REQUEST: end_request,
}
