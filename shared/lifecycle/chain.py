"""The delegation chain: the agencies a report passed down through, root first, handler last."""

from collections.abc import Callable, Sequence


def handed(chain: Sequence[int], giver_path: Sequence[int], receiver_id: int) -> tuple[int, ...]:
    """The chain after X's admin hands to Y: members above X stay, then X, then Y.

    `giver_path` is X's path in the tree, root first and ending with X. X may keep the report.
    """
    giver_id = giver_path[-1]
    above = [agency for agency in chain if agency in giver_path[:-1]]
    return tuple(dict.fromkeys([*above, giver_id, receiver_id]))


def succeeded(chain: Sequence[int], agency_id: int, successor_id: int) -> tuple[int, ...]:
    """The chain with the successor in the agency's place. It stands there once, and the handler
    stays the handler, or is the successor."""
    named = [successor_id if one == agency_id else one for one in chain]
    handler_id = named[-1]
    above = [one for one in named[:-1] if one != handler_id]
    return tuple(dict.fromkeys([*above, handler_id]))


def delegating_agency(
    chain: Sequence[int], handler_path: Sequence[int], has_admin: Callable[[int], bool]
) -> int:
    """Who decides the handler's requests: its predecessor in the chain.

    Where there is none, or it no longer stands above, or has no active admin, the nearest
    agency above with one stands in, finally the root.
    """
    above = handler_path[:-1]
    predecessor = chain[-2] if len(chain) > 1 else None
    if predecessor is not None and predecessor in above and has_admin(predecessor):
        return predecessor
    nearest = next((agency for agency in reversed(above) if has_admin(agency)), None)
    return nearest if nearest is not None else handler_path[0]
