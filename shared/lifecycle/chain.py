"""The delegation chain: the agencies a report passed down through, root first, handler last."""

from collections.abc import Callable, Sequence


def chain_after_handing(
    chain: Sequence[int], giver_path: Sequence[int], receiver_id: int
) -> tuple[int, ...]:
    """The chain after an admin of X hands the report to Y: the members above X, then X, then Y.

    `giver_path` is X's path in the tree, root first and ending with X. X may keep the report.
    """
    giver_id = giver_path[-1]
    above = [agency for agency in chain if agency in giver_path[:-1]]
    return tuple(dict.fromkeys([*above, giver_id, receiver_id]))


def chain_after_succession(
    chain: Sequence[int], agency_id: int, successor_id: int
) -> tuple[int, ...]:
    """The chain with the successor in the agency's place, where it stands once.

    The handler stays the handler, or the successor becomes it. If the successor had handed the
    report down, the agencies that got it from there leave the chain. `chain_in_tree` also removes
    the agencies that do not stand above the next one.
    """
    named = [successor_id if id == agency_id else id for id in chain]
    handler_id = named[-1]
    if chain[-1] == agency_id:
        above = named[: named.index(handler_id)]
    else:
        above = [id for id in named[:-1] if id != handler_id]
    return tuple(dict.fromkeys([*above, handler_id]))


def chain_in_tree(chain: Sequence[int], handler_path: Sequence[int]) -> tuple[int, ...]:
    """The chain without the members that do not stand above the next one.

    Needed after a removal, a succession or a move. `handler_path` is the handler's, root first.
    """
    depth = {agency_id: level for level, agency_id in enumerate(handler_path)}
    kept = [handler_path[-1]]
    for agency_id in reversed(chain[:-1]):
        if depth.get(agency_id, len(depth)) < depth[kept[0]]:
            kept.insert(0, agency_id)
    return tuple(kept)


def deciding_agency(
    chain: Sequence[int], handler_path: Sequence[int], somebody_else: Callable[[int], bool]
) -> int | None:
    """The agency that decides a request of the handler; None if there is no other person at all.

    It is the handler's predecessor in the chain, or the nearest agency above that one that has an
    active admin other than the person who asked (`somebody_else`). Without a predecessor it is the
    nearest agency above the handler. If none of these has another person, the handler's own admins
    decide.
    """
    above = handler_path[:-1]
    kept = chain_in_tree(chain, handler_path)
    from_predecessor = above[: above.index(kept[-2]) + 1] if len(kept) > 1 else above
    upward = [*reversed(from_predecessor), *reversed(above), handler_path[-1]]
    return next((agency_id for agency_id in upward if somebody_else(agency_id)), None)
