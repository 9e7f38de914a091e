"""Who reads which line of the history: the public the status, the reporter no internal notes."""

from shared.lifecycle.actions import REQUESTED_BY, Action
from shared.lifecycle.decision import Visibility

_INTERNAL = frozenset(
    {
        Action.COORDINATE,
        Action.CHANGE_COPIES,
        Action.REJECT_REQUEST,
        Action.WITHDRAW_REQUEST,
        Action.END_REQUEST,
        *REQUESTED_BY,
    }
)


def visibility_of(action: Action, *, changed: bool) -> Visibility:
    """A change of status is public; other steps are the reporter's, internal ones the staff's."""
    if changed:
        return Visibility.PUBLIC
    return Visibility.STAFF if action in _INTERNAL else Visibility.REPORTER
