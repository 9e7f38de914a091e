"""What a request, and its rejection or withdrawal, does to a report."""

from shared.lifecycle.actions import REQUESTED_BY, RequestKind
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.commands import Command
from shared.lifecycle.effect_builder import Effect
from shared.lifecycle.state import PendingRequest


def ask(effect: Effect, command: Command) -> None:
    """Add a request from below. Its decider may pass it on, by asking further up."""
    kind = REQUESTED_BY[command.action]
    effect.hand_over(command)
    assert command.actor.agency_id is not None
    _add_request(effect, command, kind, command.actor.staff_id, command.actor.agency_id)


def object_to_closing(effect: Effect, command: Command) -> None:
    """Add the reporter's request to those above who closed or archived the report to reopen it."""
    assert command.ended_by_agency_id is not None
    effect.set(objected=True)
    effect.details["objection_reason"] = command.objection_reason
    kind, by = RequestKind.OBJECTION, command.ended_by_staff_id
    _add_request(effect, command, kind, by, command.ended_by_agency_id)


def _add_request(
    effect: Effect, command: Command, kind: RequestKind, staff_id: int | None, agency_id: int
) -> None:
    assert command.decider_id is not None
    request = PendingRequest(
        id=command.id,
        kind=kind,
        asked_at=command.at,
        staff_id=staff_id,
        agency_id=agency_id,
        decider_id=command.decider_id,
        suggested_agency_id=command.suggested_agency_id,
        reason_code=command.objection_reason,
    )
    passed_on = effect.before.pending(kind)
    if passed_on is not None:
        effect.stop(ClockKind.REQUEST, key=str(passed_on.id))
        effect.details["passed_on"] = str(passed_on.id)
    others = tuple(r for r in effect.before.requests if r.kind is not kind)
    effect.set(requests=(*others, request))
    effect.start(ClockKind.REQUEST, key=str(command.id))
    effect.details["decider_id"] = command.decider_id
    if command.suggested_agency_id is not None:
        effect.details["suggested_agency_id"] = command.suggested_agency_id


def end_request(effect: Effect, command: Command) -> None:
    """End a request that was rejected by the person who decides, or withdrawn by the person who
    asked."""
    request = effect.before.request(command.request_id)
    assert request is not None
    effect.details["request"] = request.kind
    effect.details["request_id"] = str(request.id)
    effect.ended = frozenset({request.kind})
