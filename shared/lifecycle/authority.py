"""Authority by subtree: what a member of staff is to a report, and who decides its requests."""

from collections.abc import Sequence
from enum import StrEnum

from shared.lifecycle.people import ADMINS, Role
from shared.lifecycle.state import PendingRequest


class Standing(StrEnum):
    """What somebody is to one report at this moment."""

    REPORTER = "reporter"
    HANDLER_OFFICER = "handler_officer"
    """A liaison officer of the handler itself, or its admins."""
    HANDLER_ADMIN = "handler_admin"
    """An admin whose subtree holds the handler."""
    ADMIN_ABOVE = "admin_above"
    """An admin strictly above the handler; the handler's own where the chain has no predecessor."""
    DECIDER = "decider"
    """An admin of the delegating agency or above, who did not ask for it."""
    OPERATOR = "operator"
    SYSTEM = "system"


def standings(
    role: Role, agency_id: int, handler_path: Sequence[int], chain: Sequence[int]
) -> frozenset[Standing]:
    """What a member of staff is to a report. `handler_path` is root first, handler last."""
    found: set[Standing] = set()
    handler_id = handler_path[-1]
    if role in ADMINS and agency_id in handler_path:
        found |= {Standing.HANDLER_ADMIN, Standing.HANDLER_OFFICER}
        if agency_id != handler_id or len(chain) == 1:
            found.add(Standing.ADMIN_ABOVE)
    elif role is Role.LIAISON_OFFICER and agency_id == handler_id:
        found.add(Standing.HANDLER_OFFICER)
    return frozenset(found)


def decides(
    role: Role,
    agency_id: int,
    staff_id: int,
    request: PendingRequest,
    decider_path: Sequence[int],
) -> bool:
    """Whether this person decides the request: the delegating agency's admin or above, never
    who asked. `decider_path` is the path of `request.decider_id`, root first."""
    return role in ADMINS and agency_id in decider_path and staff_id != request.staff_id
