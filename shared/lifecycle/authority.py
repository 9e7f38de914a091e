"""Authority by subtree: the capacities of staff at a report, and who decides its requests."""

from collections.abc import Sequence
from enum import StrEnum

from shared.lifecycle.people import ADMINS, Role
from shared.lifecycle.state import PendingRequest


class Capacity(StrEnum):
    """What somebody is to one report at this moment, and may therefore do."""

    REPORTER = "reporter"
    HANDLER_STAFF = "handler_officer"
    """A liaison officer of the handler itself, or an admin of the handler or above. Stored commands
    name it `handler_officer`."""
    HANDLER_ADMIN_OR_ABOVE = "handler_admin"
    """An admin of the handler, or of an agency above it. Stored commands name it
    `handler_admin`."""
    ADMIN_ABOVE = "admin_above"
    """An admin strictly above the handler, or the handler's own if no admin above is active."""
    DECIDER = "decider"
    """An admin of the delegating agency or above who did not make the request."""
    SOLE_DECIDER = "sole_decider"
    """The person who made the request, if nobody else could decide it."""
    OBJECTION_GRANTER = "objection_granter"
    """An admin of the handler or above: may accept the reporter's objection, but not reject it."""
    AUTHOR = "author"
    """Staff of an agency that wrote a follow-up of the report, or an admin above it. The report may
    have another handler by now."""
    OPERATOR = "operator"
    SYSTEM = "system"


def possible_capacities(role: Role) -> frozenset[Capacity]:
    """All capacities that somebody of this role can have at any report."""
    if role in ADMINS:
        return frozenset(Capacity) - {Capacity.REPORTER, Capacity.OPERATOR, Capacity.SYSTEM}
    if role is Role.LIAISON_OFFICER:
        return frozenset({Capacity.HANDLER_STAFF, Capacity.AUTHOR})
    return frozenset()


def capacities(
    role: Role, agency_id: int, handler_path: Sequence[int], *, admin_above: bool
) -> frozenset[Capacity]:
    """The capacities of a member of staff at a report.

    `handler_path` is root first, handler last. `admin_above`: some agency strictly above the
    handler has an active admin.
    """
    held: set[Capacity] = set()
    handler_id = handler_path[-1]
    if role in ADMINS and agency_id in handler_path:
        held |= {Capacity.HANDLER_ADMIN_OR_ABOVE, Capacity.HANDLER_STAFF}
        if agency_id != handler_id or not admin_above:
            held.add(Capacity.ADMIN_ABOVE)
    elif role is Role.LIAISON_OFFICER and agency_id == handler_id:
        held.add(Capacity.HANDLER_STAFF)
    return frozenset(held)


def decides(
    role: Role,
    agency_id: int,
    staff_id: int,
    request: PendingRequest,
    decider_path: Sequence[int],
    *,
    others: bool,
) -> bool:
    """Whether this person decides the request: an admin of the delegating agency or above.

    The person who asked (for an objection, the person who closed the report) decides only if there
    are no `others`. `decider_path` is the path of `request.decider_id`, root first.
    """
    if role not in ADMINS or agency_id not in decider_path:
        return False
    return staff_id != request.staff_id or not others
