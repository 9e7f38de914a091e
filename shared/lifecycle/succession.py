"""An agency takes another's place in a report: as handler, in the chain, copies and requests."""

from shared.lifecycle.chain import chain_after_succession, chain_in_tree
from shared.lifecycle.commands import Command
from shared.lifecycle.effect_builder import Effect


def succeed(effect: Effect, command: Command) -> None:
    """Replace the one agency by the other wherever the state names it.

    Afterwards each agency of the chain is above the next one; clocks go on.
    """
    assert command.succession is not None
    old, new = command.succession.agency_id, command.succession.successor_id
    state = effect.before

    def renamed(agency_id: int | None) -> int | None:
        return new if agency_id == old else agency_id

    chain, path = chain_after_succession(state.chain, old, new), command.succession.handler_path
    if path and path[-1] == chain[-1]:
        chain = chain_in_tree(chain, path)
    if chain != state.chain:
        effect.set(chain=chain)
    if state.handler_id == old:
        effect.set(zone=command.succession.zone)
    if old in state.copies and old != new:
        reading = {*state.copies, new} - {old, chain[-1]}
        effect.set(copies=tuple(sorted(reading)))
    effect.set(
        awaited_agency_id=renamed(state.awaited_agency_id),
        requests=tuple(
            request.model_copy(
                update={
                    name: renamed(getattr(request, name))
                    for name in ("agency_id", "decider_id", "suggested_agency_id")
                }
            )
            for request in state.requests
        ),
    )
    effect.details |= {"agency_id": old, "successor_id": new}
