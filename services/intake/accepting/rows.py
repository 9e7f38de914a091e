"""What acceptance writes: the first state of a report, and the rows that hold it."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from services.intake.accepting.new_report import NewReport
from shared.attachments import StoredAttachment
from shared.bus.report_events import report_message
from shared.identity import IdentityCipher
from shared.lifecycle import clocks
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import WorkingCalendar, Zone
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.events import EVENT_OF, ReportEvent
from shared.lifecycle.policy import Policy
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import TAB_OF, Status
from shared.lifecycle.visibility import visibility_of
from shared.telemetry import continued_trace

STEP_ID = "submit"


@dataclass(frozen=True)
class Sealing:
    """How identities are made unreadable, and contents comparable."""

    cipher: IdentityCipher
    fingerprint_key: str

    def seal(self, text: str | None) -> str | None:
        return None if text is None else self.cipher.encrypt(text).decode()

    def fingerprint(self, report: NewReport) -> bytes:
        """A keyed hash of what was sent, whoever the key belongs to."""
        who = report.identity
        content = (
            [report.title, report.body, report.channel, report.classification],
            [report.happened_at, report.region_code, report.place],
            [report.latitude, report.longitude, report.addressee_id, report.category_id],
            [report.anonymous, report.secret, report.linked_number, report.reporter_id],
            [who.name, who.phone, who.email, who.nik],
            [(file.original or file).sha256 for file in report.attachments],
        )
        return hmac.digest(self.fingerprint_key.encode(), orjson.dumps(content), hashlib.sha256)


def first_state(
    report: NewReport,
    prepared: Mapping[str, Any],
    at: datetime,
    calendar: WorkingCalendar,
    policy: Policy,
) -> ReportState:
    """Version 1: unverified at the agency prepared, its verification clock started at `at`."""
    number, zone = prepared["number"], Zone(prepared["zone"])
    verification = clocks.start(
        ClockKind.VERIFICATION,
        policy.verification,
        at,
        zone,
        calendar,
        policy.version,
        clocks.jitter(number, policy.verification.unit),
    )
    return ReportState(
        number=number,
        identity=uuid4(),
        version=1,
        entries=1,
        step_id=STEP_ID,
        last_step_at=at,
        status=Status.UNVERIFIED,
        chain=(prepared["id"],),
        zone=zone,
        channel=report.channel,
        system=report.system,
        classification=report.classification,
        anonymous=report.anonymous,
        secret=report.secret,
        clocks=(verification,),
        submitted_at=at,
    )


def rows_of(
    report: NewReport, state: ReportState, access_code: str, sealing: Sealing
) -> dict[str, Any]:
    """One report of `statements.INSERT`, for `orjson`."""
    actor, who = report.actor, report.identity
    details = {"to_handler": state.handler_id}
    with continued_trace(report.trace):
        message = report_message(_submitted(report, state, details), state.identity)
    elsewhere = report.addressee_id not in (None, state.handler_id)
    return {
        "number": state.number,
        "identity": state.identity,
        "reporter_id": report.reporter_id,
        "name": sealing.seal(who.name),
        "phone": sealing.seal(who.phone),
        "email": sealing.seal(who.email),
        "nik": sealing.seal(who.nik),
        "access_code": sealing.seal(access_code),
        "addressee_id": report.addressee_id,
        "made_by": report.made_by,
        "scope": report.scope,
        "idempotency_key": report.idempotency_key,
        "fingerprint": sealing.fingerprint(report).hex(),
        "status": state.status,
        "tab": TAB_OF[state.status],
        "handler_id": state.handler_id,
        "chain": state.chain,
        "channel": report.channel,
        "classification": report.classification,
        "category_id": report.category_id,
        "anonymous": report.anonymous,
        "secret": report.secret,
        "region_code": report.region_code,
        "due_at": state.due_at,
        "at": state.submitted_at,
        "system": report.system,
        "external_id": report.external_id,
        "linked_number": report.linked_number,
        "suggested_agency_id": report.addressee_id if elsewhere else None,
        "state": orjson.Fragment(state.model_dump_json()),
        "title": report.title,
        "body": report.body,
        "happened_at": report.happened_at,
        "place": report.place,
        "latitude": report.latitude,
        "longitude": report.longitude,
        "action": Action.SUBMIT,
        "actor_kind": actor.kind,
        "staff_id": actor.staff_id,
        "role": actor.role,
        "actor_agency_id": actor.agency_id,
        "actor_system": actor.system,
        "visibility": visibility_of(Action.SUBMIT, changed=True),
        "details": details,
        "subject": message.subject,
        "message_id": message.message_id,
        "headers": message.headers,
        "event": message.body.decode(),
        "attachments": [_attachment(file, report.anonymous) for file in report.attachments],
    }


def _submitted(report: NewReport, state: ReportState, details: dict[str, Any]) -> ReportEvent:
    return ReportEvent(
        number=state.number,
        version=state.version,
        event=EVENT_OF[Action.SUBMIT],
        action=Action.SUBMIT,
        actor_kind=report.actor.kind,
        at=state.submitted_at,
        from_status=None,
        status=state.status,
        tab=TAB_OF[state.status],
        handler_id=state.handler_id,
        chain=state.chain,
        copies=state.copies,
        channel=state.channel,
        system=state.system,
        held=state.held,
        overdue=state.overdue,
        due_at=state.due_at,
        auto_close_at=state.auto_close_at,
        details=details,
    )


def _attachment(file: StoredAttachment, anonymous: bool) -> dict[str, Any]:
    """Of an anonymous report it is not served as it was sent."""
    row = {"id": str(uuid4()), **asdict(file)}
    return row | {"state": "pending"} if anonymous and file.state == "as_sent" else row
