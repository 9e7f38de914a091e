"""Decides whether an action is legal now, and gives the reason if it is not."""

from collections.abc import Collection
from datetime import datetime

from shared.lifecycle.actions import (
    ANSWERS_NOT_AUTHORITY,
    SIGNALS,
    Action,
    DeferralKind,
    RequestKind,
    performed_by,
)
from shared.lifecycle.authority import Capacity
from shared.lifecycle.commands import Command
from shared.lifecycle.rules import RULES, Rule
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status


class Refused(Exception):
    """The status, the person or a pending request does not allow the action; nothing changes.

    `code` is stable and is used in answers, histories and receipts.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refusal(
    state: ReportState,
    action: Action,
    capacities: Collection[Capacity],
    at: datetime | None = None,
) -> str | None:
    """The code of the reason against this action, or None if it is allowed.

    Without `at`, windows that end at a date (rating, objection) are not checked.
    """
    rule = RULES[action]
    deciding = Capacity.DECIDER in capacities and _pending_not_authority(state)
    if not rule.who & set(capacities):
        return "not_authorised"
    if state.status not in _sources(rule, deciding):
        return "not_allowed_in_status"
    waived = deciding and action in ANSWERS_NOT_AUTHORITY
    for condition in rule.conditions:
        if not waived and (code := condition(state)):
            return code
    if action in _WITHIN_THE_WINDOW and at is not None:
        ends_at = state.window_ends_at
        if ends_at is not None and at > ends_at:
            return "window_over"
    if _pending_not_authority(state) and not _allowed_during_not_authority(action, capacities):
        return "not_authority_pending"
    return None


def allowed_actions(
    state: ReportState, capacities: Collection[Capacity], at: datetime | None = None
) -> tuple[Action, ...]:
    """The actions that somebody with these capacities may do, in the table's order; `at` as
    above."""
    return tuple(action for action in RULES if refusal(state, action, capacities, at) is None)


def check(state: ReportState, command: Command, *, before_later_refusals: bool = False) -> None:
    """Raise `Refused` unless the command is legal at this state.

    With `before_later_refusals`, `LATER_REFUSALS` are not applied: this is for runs that let a
    command through before these refusals existed.
    """
    if command.action is Action.CANCEL:
        raise Refused("cancellation_refused")
    if command.version_seen not in (None, state.version):
        raise Refused(VERSION_CHANGED)
    if command.handler_seen != state.handler_id:
        raise Refused("handler_changed")
    if code := refusal(state, command.action, command.capacities, command.at):
        raise Refused(code)
    if command.action in _ON_REQUESTS:
        _check_request(state, command)
    elif command.action in SIGNALS and _performs_own_request(state, command):
        raise Refused("own_request")
    if code := _incomplete(state, command):
        raise Refused(code)
    if not before_later_refusals and (code := _later_refusal(state, command)):
        raise Refused(code)


VERSION_CHANGED = "version_changed"
"""The refusal of a command for a past version; over HTTP it is a failed precondition."""
LATER_REFUSALS = frozenset({"same_handler", "handler_in_copy"})

_WITHIN_THE_WINDOW = frozenset({Action.RATE, Action.OBJECT})
_FOR_THE_REPORTER = frozenset({Action.REPLY, Action.COMPLETE_INFORMATION})
_ON_REQUESTS = frozenset({Action.ACCEPT_REQUEST, Action.REJECT_REQUEST, Action.WITHDRAW_REQUEST})
_HANDLERS_SIDE = frozenset(
    {Capacity.HANDLER_STAFF, Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.ADMIN_ABOVE}
)
_DURING_NOT_AUTHORITY = frozenset({Action.COORDINATE, Action.WITHDRAW_REQUEST})
_BY_ITS_DECIDER = (
    _DURING_NOT_AUTHORITY
    | ANSWERS_NOT_AUTHORITY
    | {
        Action.REJECT_REQUEST,
        Action.AMEND,
        Action.CHANGE_COPIES,
    }
)


def _pending_not_authority(state: ReportState) -> bool:
    return state.pending(RequestKind.NOT_AUTHORITY) is not None


def _sources(rule: Rule, deciding: bool) -> frozenset[Status]:
    """The decider of a not-authority request may also act on a report already verified."""
    if deciding and rule.action in ANSWERS_NOT_AUTHORITY:
        return rule.sources | {Status.VERIFIED}
    return rule.sources


def _allowed_during_not_authority(action: Action, capacities: Collection[Capacity]) -> bool:
    """Whether an action may be done while a not-authority request is pending."""
    if Capacity.DECIDER in capacities:
        return action in _BY_ITS_DECIDER
    return action in _DURING_NOT_AUTHORITY or not _HANDLERS_SIDE & set(capacities)


def _check_request(state: ReportState, command: Command) -> None:
    request = state.request(command.request_id)
    if request is None:
        raise Refused("no_such_request")
    if command.action is Action.WITHDRAW_REQUEST:
        if not request.asked_by(command.actor.staff_id):
            raise Refused("not_the_asker")
    elif request.by_reporter and command.action is Action.ACCEPT_REQUEST:
        pass  # to grant it is open to the person who closed the report, too
    elif command.actor.staff_id == request.staff_id and not _is_sole_decider(command):
        raise Refused("own_request")
    if command.action is Action.ACCEPT_REQUEST:
        if request.kind is RequestKind.NOT_AUTHORITY:
            raise Refused("accept_by_acting")
        _check_performance(state, request.kind)


def _performs_own_request(state: ReportState, command: Command) -> bool:
    """Whether the actor does what the same person has asked for, though another could decide it.

    This concerns an admin of the handler itself who acts in place of those above.
    """
    request = state.pending(RequestKind(command.action))
    own = request is not None and request.staff_id == command.actor.staff_id
    stands_in = command.actor.agency_id == state.handler_id
    return own and stands_in and not _is_sole_decider(command)


def _is_sole_decider(command: Command) -> bool:
    return Capacity.SOLE_DECIDER in command.capacities


def _check_performance(state: ReportState, kind: RequestKind) -> None:
    """Raise `Refused` unless the requested action is still possible."""
    action = performed_by(kind, state.status)
    assert action is not None
    if code := refusal(state, action, RULES[action].who):
        raise Refused(code)


def _later_refusal(state: ReportState, command: Command) -> str | None:
    """The code of a refusal that was added while reports were running, or None."""
    receiver = command.handing.chain[-1] if command.handing else state.handler_id
    kept = command.action is Action.VERIFY and receiver == state.handler_id
    if kept and _pending_not_authority(state):  # it would wind the clocks up: that is *Tolak*
        return "same_handler"
    new_copies = set(command.copies or ()) - set(state.copies)
    return "handler_in_copy" if receiver in new_copies else None


def _incomplete(state: ReportState, command: Command) -> str | None:
    """The code for what the command lacks or names wrongly, or None."""
    if Capacity.OPERATOR in command.capacities and command.reason_code is None:
        return "reason_required"
    handing = command.handing
    if command.action in _FOR_THE_REPORTER and Capacity.REPORTER not in command.capacities:
        return None if command.brought_by else "command_incomplete"
    match command.action:
        case Action.VERIFY:
            if handing is None or command.classification is None:
                return "command_incomplete"
        case Action.THROW | Action.FORWARD:
            if handing is None:
                return "command_incomplete"
            if handing.chain[-1] == state.handler_id:
                return "same_handler"
        case Action.DEFER:
            awaits_an_agency = command.deferral is DeferralKind.AGENCY_NOT_CONNECTED
            if command.deferral is None or (awaits_an_agency and not command.awaited_agency_id):
                return "command_incomplete"
        case Action.ARCHIVE if command.archive_category is None:
            return "command_incomplete"
        case Action.FOLLOW_UP if command.follow_up_kind is None:
            return "command_incomplete"
        case Action.RECTIFY if command.rectifies is None:
            return "command_incomplete"
        case Action.OBJECT if (
            command.objection_reason is None
            or command.decider_id is None
            or command.ended_by_agency_id is None
        ):
            return "command_incomplete"
        case Action.CHANGE_COPIES if command.copies is None:
            return "command_incomplete"
        case Action.LINK:
            return _linking_refusal(state, command)
        case Action.SUCCEED if command.succession is None:
            return "command_incomplete"
        case (
            Action.REQUEST_NOT_AUTHORITY
            | Action.REQUEST_HOLD
            | Action.REQUEST_RELEASE
            | Action.REQUEST_CLOSE
            | Action.REQUEST_REOPEN
        ) if command.decider_id is None or command.actor.staff_id is None:
            return "command_incomplete"
    return None


def _linking_refusal(state: ReportState, command: Command) -> str | None:
    """The code against linking, from the state alone. The service checks what depends on other
    reports."""
    if command.main_number in (None, state.number):
        return "command_incomplete"
    return "already_linked" if command.main_number == state.main_number else None
