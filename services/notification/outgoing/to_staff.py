"""Prepares messages to staff, with the data at the time of sending."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.notification.messages.channel_choice import reason_against_mail
from services.notification.messages.digest_text import DIGEST, text_of_digest
from services.notification.messages.staff_table import Delivery, StaffKind, delivery_of
from services.notification.messages.staff_texts import (
    PASSWORD_LINK,
    PROVE_EMAIL,
    StaffFacts,
    facts_shown,
    text_for_staff,
    text_of_account,
)
from services.notification.models import Contact, Message, Preference
from services.notification.outgoing.prepared import (
    NoLongerSent,
    Outgoing,
    has_waited,
    read_by_message,
)
from services.notification.outgoing.proof_links import proof_token
from services.notification.outgoing.staff_reading import are_reporter_times_hidden, is_readable
from services.notification.proven import proof_digest
from shared.clock import now
from shared.database.lifecycle import Report
from shared.database.report_lists import RequestRow
from shared.database.views import AgencyEntry, ReachableStaff, StaffEntry
from shared.lifecycle.actions import RequestKind
from shared.lifecycle.calendar import Zone
from shared.lifecycle.people import Role
from shared.lifecycle.statuses import Status
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import BlindIndex, IdentityCipher


def holder_of_staff(staff_id: int) -> str:
    return f"staff-{staff_id}"


def is_to_staff(message: Message) -> bool:
    return message.recipient.startswith("staff-")


class StaffOutbox:
    """Prepares messages to staff. Only the outboxes decrypt contacts in order to send."""

    def __init__(self, cipher: IdentityCipher, index: BlindIndex, portal: str) -> None:
        self._cipher, self._index, self._portal = cipher, index, portal

    async def prepare(
        self, session: AsyncSession, messages: Sequence[Message]
    ) -> dict[UUID, Outgoing | NoLongerSent]:
        """The prepared messages, by their ids."""
        read = await read_by_message(session, _READ, messages)
        return {message.id: self._ready(message, read.get(message.id)) for message in messages}

    def _ready(self, message: Message, row: Mapping[str, Any] | None) -> Outgoing | NoLongerSent:
        if row is None or not row["active"]:
            return NoLongerSent("no_contact")
        to = read_if_possible(self._cipher, row["email"], row["holder_key"])
        if to is None:  # the key is missing: the others are sent
            return NoLongerSent("unreadable")
        proven = row["proof"] == proof_digest(self._index, row["holder"], "email", to)
        if message.template == PROVE_EMAIL:
            token = proof_token(self._index, row["holder"], to, now())
            link = f"{self._portal}/panel/surel?kunci={token}"
        elif message.template == PASSWORD_LINK:
            if not (proven or message.facts["first"]):
                return NoLongerSent("unproven")
            if message.sealed_code is None:
                return NoLongerSent("expired")
            sealed = read_if_possible(self._cipher, message.sealed_code)
            if sealed is None:
                return NoLongerSent("unreadable")
            link = sealed
        else:
            return self._wanted(message, row, to, proven=proven)
        text = text_of_account(message.template, link, row["language"])
        return Outgoing(message.id, to, text, row["language"], None)

    def _wanted(
        self, message: Message, row: Mapping[str, Any], to: str, *, proven: bool
    ) -> Outgoing | NoLongerSent:
        """Prepare a message that goes only to a proven address and can be switched off."""
        against = reason_against_mail(
            row["proven_at"] if proven else None,
            undeliverable=row["undeliverable_at"] is not None,
            stopped=row["stopped_at"] is not None,
            at=now(),
        )
        if against is not None:
            return NoLongerSent(against)
        if message.template == DIGEST:
            today = now().astimezone(Zone(row["zone"]).offset).date().isoformat()
            if message.facts["day"] != today:
                return NoLongerSent("expired")
            if (message.facts.get("agency_id"), message.facts.get("role")) != (
                row["agency_id"],
                row["role"],
            ):  # the digest of an agency is not for people who have left it
                return NoLongerSent("not_readable")
            text = text_of_digest(message.facts, self._portal, row["language"])
            return Outgoing(message.id, to, text, row["language"], row["unsubscribe_token"])
        return self._about_report(message, row, to)

    def _about_report(
        self, message: Message, row: Mapping[str, Any], to: str
    ) -> Outgoing | NoLongerSent:
        if message.number is None or not row["readable"]:
            return NoLongerSent("not_readable")
        delivery = delivery_of(
            StaffKind(message.facts["kind"]), Role(row["role"]), row["kinds"] or {}
        )
        if delivery is not Delivery.AT_ONCE:
            return NoLongerSent("muted")
        if has_waited(message) and row[_STILL.get(message.template, "readable")] is False:
            return NoLongerSent("outdated")
        facts = facts_shown(  # the report, or the person's role, may have changed since
            message.facts,
            Role(row["role"]),
            Zone(row["handler_zone"]),
            reporter_times_hidden=row["reporter_times_hidden"],
        )
        report = StaffFacts(message.number, row["handler"], Zone(row["zone"]), row["absent"])
        language = row["language"]
        text = text_for_staff(message.template, facts, report, self._portal, language)
        return Outgoing(message.id, to, text, language, row["unsubscribe_token"])


_STILL = {
    "objection_waits": "objection_waits",
    "request_waits": "request_waits",
    "reply_came": "reply_waits",
}
"""By template, the condition that must still hold when a message that waited is sent."""
_OWN, _HANDLER = aliased(AgencyEntry), aliased(AgencyEntry)
_ABSENT = aliased(StaffEntry)


def _waits(of_kind: ColumnElement[bool]) -> ColumnElement[bool]:
    pending = select(col(RequestRow.id)).where(
        col(RequestRow.number) == col(Message.number), col(RequestRow.decision).is_(None), of_kind
    )
    return pending.correlate(Message).exists()


_HANDLER_ID = col(Message.facts)["handler_id"].astext.cast(Integer)
_ABSENT_ID = col(Message.facts)["stands_in_for"].astext.cast(Integer)
_STAFF_ID = func.substring(col(Message.recipient), "^staff-([0-9]+)$").cast(Integer)
"""Taken from the recipient: `holder` is computed in the view, so no index finds a row by it."""
_READ: Select[*tuple[Any, ...]] = (
    select(
        col(Message.id),
        *(col(ReachableStaff.holder), col(ReachableStaff.staff_id), col(ReachableStaff.email)),
        *(col(ReachableStaff.holder_key), col(StaffEntry.active), col(StaffEntry.role)),
        col(StaffEntry.agency_id),
        *(col(Contact.language), col(Contact.proof), col(Contact.proven_at)),
        *(col(Contact.undeliverable_at), col(Preference.stopped_at)),
        *(col(Preference.unsubscribe_token), col(Preference.kinds)),
        *(col(_OWN.zone), col(_HANDLER.name).label("handler")),
        *(col(_HANDLER.zone).label("handler_zone"), col(_ABSENT.name).label("absent")),
        is_readable(col(StaffEntry.agency_id)).label("readable"),
        _waits(col(RequestRow.kind) == RequestKind.OBJECTION).label("objection_waits"),
        _waits(col(RequestRow.kind) != RequestKind.OBJECTION).label("request_waits"),
        (col(Report.status) == Status.REPLIED_BY_REPORTER).label("reply_waits"),
        are_reporter_times_hidden(col(StaffEntry.agency_id), col(StaffEntry.role)).label(
            "reporter_times_hidden"
        ),
    )
    .join(ReachableStaff, col(ReachableStaff.staff_id) == _STAFF_ID)
    .join(StaffEntry, col(StaffEntry.id) == col(ReachableStaff.staff_id))
    .join(_OWN, col(_OWN.id) == col(StaffEntry.agency_id))
    .join(Contact, col(Contact.id) == col(Message.contact_id))
    .outerjoin(Preference, col(Preference.holder) == col(Message.recipient))
    .outerjoin(Report, col(Report.number) == col(Message.number))
    .outerjoin(_HANDLER, col(_HANDLER.id) == _HANDLER_ID)
    .outerjoin(_ABSENT, col(_ABSENT.id) == _ABSENT_ID)
)
