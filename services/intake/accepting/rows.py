"""What acceptance writes: the first state of a report, and its rows."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from sqlmodel import SQLModel

from services.intake.accepting.new_report import Identity, NewReport
from services.intake.details import DetailsForm
from services.intake.models import IntakeAttachment, Submission
from shared.attachments import StoredAttachment
from shared.bus.report_events import report_message
from shared.database.lifecycle import HistoryEntry, OutboxRow, Report, ReportDetails, ReportText
from shared.database.rows import Row, columns_in_both, json_bytes, report_row
from shared.database.sealed_originals import SealedOriginal
from shared.lifecycle import clocks
from shared.lifecycle.actions import Action
from shared.lifecycle.calendar import WorkingCalendar, Zone
from shared.lifecycle.clocks import ClockKind
from shared.lifecycle.events import EVENT_OF, ReportEvent
from shared.lifecycle.policy import Policy
from shared.lifecycle.state import ReportState
from shared.lifecycle.statuses import Status
from shared.lifecycle.visibility import visibility_of
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import IdentityCipher
from shared.telemetry import new_trace

STEP_ID = "submit"

Rows = dict[type[SQLModel], list[Row]]
"""The rows to insert, by table. All rows of a table have the same columns; other columns get the
table's defaults."""


@dataclass(frozen=True)
class Sealing:
    """Encrypts identities, and makes fingerprints of contents."""

    cipher: IdentityCipher
    fingerprint_key: str

    def seal(self, text: str) -> str:
        """Encrypt a text, as Postgres reads bytes from JSON: the ciphertext contains no
        backslash."""
        return self.cipher.encrypt(text).decode()

    def seal_identity(self, identity: Identity) -> Row:
        """The columns of the reporter, encrypted with a new key for this report. They include that
        key, and whether messages may go to each contact."""
        fields = {name: getattr(identity, name) for name in ("name", "phone", "email", "nik")}
        safe = {name: getattr(identity, name) for name in _SAFE}
        if not any(fields.values()):
            return fields | safe | {"holder_key": None}
        own, wrapped = HolderCipher.new(self.cipher)
        sealed = {
            name: own.encrypt(text).decode() if text else None for name, text in fields.items()
        }
        return sealed | safe | {"holder_key": wrapped.decode()}

    def fingerprint(self, report: NewReport) -> bytes:
        """A keyed hash of the content, independent of its scope and idempotency key."""
        identity, details = report.identity, report.details
        content = (
            [report.title, report.body, report.channel, report.classification],
            [details.happened_at, report.region_code, details.place],
            [details.latitude, details.longitude, report.addressee_id, report.category_id],
            [report.anonymous, report.secret, report.linked_number, report.reporter_id],
            [identity.name, identity.phone, identity.email, identity.nik],
            [(file.original or file).sha256 for file in report.attachments],
            # New fields are left out if empty, so that earlier contents keep their fingerprints.
            *([value] for name in _LATER if (value := getattr(details, name)) is not None),
            *([name] for name in _SAFE if getattr(identity, name)),
        )
        return hmac.digest(self.fingerprint_key.encode(), orjson.dumps(content), hashlib.sha256)


def first_state(
    report: NewReport,
    prepared: Mapping[str, Any],
    at: datetime,
    calendar: WorkingCalendar,
    policy: Policy,
) -> ReportState:
    """The state of version 1: unverified, at the agency that was prepared. The verification clock
    starts at `at`."""
    number, zone = prepared["number"], Zone(prepared["zone"])
    verification = clocks.start(
        ClockKind.VERIFICATION,
        policy.verification,
        at,
        zone,
        calendar,
        policy.version,
        number,
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


def rows_of(report: NewReport, state: ReportState, access_code: str, sealing: Sealing) -> Rows:
    """The rows of one report, by table, for `statements.insert_all`."""
    actor, identity = report.actor, report.identity
    details = {"to_handler": state.handler_id}
    trace = report.trace or new_trace()
    message = report_message(_submitted(report, state, details), state.identity, trace)
    elsewhere = report.addressee_id not in (None, state.handler_id)
    row = _same(report, _REPORT) | report_row(state)
    row["state"] = orjson.Fragment(row["state"])
    row["suggested_agency_id"] = report.addressee_id if elsewhere else None
    number = {"number": state.number}
    rows: Rows = {
        Submission: [
            number
            | _same(report, _SUBMISSION)
            | sealing.seal_identity(identity)
            | {
                "access_code": sealing.seal(access_code),
                "fingerprint": json_bytes(sealing.fingerprint(report)),
            }
        ],
        Report: [row],
        ReportText: [
            number
            | _same(report.details, _DETAILS)
            | {"original_title": report.title, "original_body": report.body}
        ],
        HistoryEntry: [
            number
            | {
                "entry": state.entries,
                "version": state.version,
                "at": state.submitted_at,
                "action": Action.SUBMIT,
                "actor_kind": actor.kind,
                "staff_id": actor.staff_id,
                "role": actor.role,
                "agency_id": actor.agency_id,
                "system": actor.system,
                "to_status": state.status,
                "visibility": visibility_of(Action.SUBMIT, {}, changed=True),
                "details": details,
            }
        ],
        OutboxRow: [
            number
            | {
                "subject": message.subject,
                "message_id": message.message_id,
                "headers": message.headers,
                "body": json_bytes(message.body),
            }
        ],
        IntakeAttachment: [],
        SealedOriginal: [],
    }
    for file in report.attachments:
        id = {"id": uuid4()} | number
        # A file of an anonymous report is not served as it was sent.
        pending = report.anonymous and file.state == "as_sent"
        rows[IntakeAttachment].append(
            id | _same(file, _ATTACHMENT) | ({"state": "pending"} if pending else {})
        )
        if file.original is not None:
            original = asdict(file.original)
            original["data_key"] = json_bytes(file.original.data_key.encode())
            rows[SealedOriginal].append({"attachment_id": id["id"]} | number | original)
    return rows


def _same(source: object, columns: Sequence[str]) -> Row:
    return {name: getattr(source, name) for name in columns}


_REPORT = columns_in_both(Report, NewReport, without=("identity",))
_DETAILS = tuple(ReportDetails.model_fields)
_LATER = sorted(DetailsForm.model_fields.keys() - {"happened_at", "place", "latitude", "longitude"})
"""The details that were added after the first fingerprints."""
_SAFE = ("phone_safe", "email_safe")
_SUBMISSION = columns_in_both(Submission, NewReport)
_ATTACHMENT = columns_in_both(IntakeAttachment, StoredAttachment)


def _submitted(report: NewReport, state: ReportState, details: dict[str, Any]) -> ReportEvent:
    return ReportEvent.of_step(
        state,
        event=EVENT_OF[Action.SUBMIT],
        action=Action.SUBMIT,
        actor_kind=report.actor.kind,
        at=state.submitted_at,
        from_status=None,
        details=details,
    )
