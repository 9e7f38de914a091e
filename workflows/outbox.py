"""The outbox rows of a step: the public event, and the message to the report's partner system."""

from collections.abc import Iterator
from uuid import UUID

from shared.bus.cloudevents import encode, event
from shared.bus.report_events import SOURCE, OutboxMessage, message_id_of, report_message
from shared.database.lifecycle import OutboxRow
from shared.lifecycle.decision import Decision, Visibility
from shared.lifecycle.events import INTERNAL_EVENTS, PartnerEvent, ReportEvent
from shared.lifecycle.state import ReportState
from shared.telemetry import trace_headers
from workflows.step_rows import Statement, insert_statement

PARTNER_TYPE = "id.go.lapor.partner.event"


def outbox_statements(
    decision: Decision,
    after: ReportState,
    *,
    external_id: str | None,
    words_at: str,
    escalated_to: int | None,
) -> Iterator[Statement]:
    """One event for the step, and a message to the partner unless the step is internal.

    `words_at` is the address where a partner reads the words.
    """
    message = report_message(_happened(decision, after, escalated_to), after.identity)
    yield insert_statement(OutboxRow, message.row(after.number))
    if after.system and external_id and _is_for_partners(decision):
        partner_event = PartnerEvent(
            number=after.number,
            external_id=external_id,
            version=after.version,
            event=decision.event,
            at=decision.at,
            status=after.status,
            due_at=after.due_at,
            overdue=after.overdue,
            rating_until=after.rating_until,
            outcome=decision.entries[0].details.get("outcome"),
            url=words_at,
        )
        message = _partner_message(after.system, partner_event, after.identity)
        yield insert_statement(OutboxRow, message.row(after.number))


def _is_for_partners(decision: Decision) -> bool:
    """Whether partners are notified: a partner gets only what the reporter may read."""
    internal = decision.entries[0].visibility is Visibility.STAFF
    return decision.event not in INTERNAL_EVENTS and not internal


def _happened(decision: Decision, after: ReportState, escalated_to: int | None) -> ReportEvent:
    main = decision.entries[0]
    return ReportEvent.of_step(
        after,
        event=decision.event,
        action=main.action,
        actor_kind=main.actor.kind,
        at=decision.at,
        from_status=main.from_status,
        escalated_to=escalated_to,
        details=main.details,
    )


def _partner_message(
    system: str, partner_event: PartnerEvent, identity: UUID | None
) -> OutboxMessage:
    subject = f"lapor.v1.partner.{system}.event"
    message_id = message_id_of(partner_event.number, identity, partner_event.version, subject)
    headers, body = encode(
        event(
            PARTNER_TYPE,
            SOURCE,
            partner_event.model_dump(mode="json"),
            id=message_id,
            subject=str(partner_event.number),
            time=partner_event.at,
        )
    )
    return OutboxMessage(subject, message_id, {**headers, **trace_headers()}, body)
