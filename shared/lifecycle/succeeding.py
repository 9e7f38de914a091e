"""An agency takes another's place in a report: what becomes of handler, chain, copies, requests."""

from shared.lifecycle.chain import succeeded
from shared.lifecycle.commands import Command
from shared.lifecycle.effect import Effect


def succeed(effect: Effect, command: Command) -> None:
    """Who is named in the state as the one agency is named as the other; clocks go on."""
    assert command.succession is not None
    old, new = command.succession.agency_id, command.succession.successor_id
    state = effect.before

    def renamed(agency_id: int | None) -> int | None:
        return new if agency_id == old else agency_id

    if old in state.chain:
        effect.set(chain=succeeded(state.chain, old, new))
    if state.handler_id == old:
        effect.set(zone=command.succession.zone)
    if old in state.copies:
        effect.set(copies=tuple(sorted({*state.copies, new} - {old})))
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
