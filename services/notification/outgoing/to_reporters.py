"""Prepares messages: recipient, language and text. They are read at the time of sending, so that a
message that is no longer wanted is not sent."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from services.notification.messages.channel_choice import HolderChoices, Reachable, reason_against
from services.notification.messages.table import (
    NAMES_RECOURSE,
    OF_WHERE_IT_STANDS,
    QUESTIONS,
    REVEALED,
    MessageKind,
)
from services.notification.messages.texts import (
    CodePurpose,
    ReportFacts,
    text_of,
    text_of_code,
    text_of_contact_change,
    text_of_report_contact_change,
)
from services.notification.models import Channel, Contact, Message, Preference
from services.notification.outgoing.prepared import (
    NoLongerSent,
    Outgoing,
    has_waited,
    read_by_message,
)
from services.notification.outgoing.to_leaders import LeaderOutbox, is_to_leader
from services.notification.outgoing.to_staff import StaffOutbox, is_to_staff
from services.notification.proven import proof_digest, proof_lasts
from shared.clock import now
from shared.database.lifecycle import Report, ReportText
from shared.database.recourse import concern
from shared.database.views import AgencyEntry, ReachableReporter, RecourseEntry
from shared.labels.catalogue import Language
from shared.lifecycle.calendar import Zone
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import BlindIndex, IdentityCipher, InvalidToken

CODE = "code"
"""The template of a message with a code, the only message that an unproven contact gets."""
CONTACT_CHANGE = "contact_change"
"""The template of the notice that the present contact of an account or a report is to be
replaced."""
ACCOUNT = "account"
"""The recipient of a message to an account as such; the message contains the contact."""


class Outbox:
    """Prepares messages. Only the outboxes decrypt contacts in order to send."""

    def __init__(self, cipher: IdentityCipher, index: BlindIndex, portal: str) -> None:
        self._cipher, self._index, self._portal = cipher, index, portal
        self._of_staff = StaffOutbox(cipher, index, portal)
        self._of_leaders = LeaderOutbox(cipher, index, portal)

    async def prepare(
        self, session: AsyncSession, messages: Sequence[Message]
    ) -> dict[UUID, Outgoing | NoLongerSent]:
        """The prepared messages, by their ids."""
        to_staff, to_leaders, to_reporters = [], [], []
        for message in messages:
            if is_to_staff(message):
                to_staff.append(message)
            elif is_to_leader(message):
                to_leaders.append(message)
            else:
                to_reporters.append(message)
        ready = await self._of_staff.prepare(session, to_staff) if to_staff else {}
        if to_leaders:
            ready |= await self._of_leaders.prepare(session, to_leaders)
        return ready | (await self._to_reporters(session, to_reporters) if to_reporters else {})

    async def _to_reporters(
        self, session: AsyncSession, messages: Sequence[Message]
    ) -> dict[UUID, Outgoing | NoLongerSent]:
        lasts = await proof_lasts(session)
        read = await read_by_message(session, _READ, messages)
        ready: dict[UUID, Outgoing | NoLongerSent] = {}
        for message in messages:
            try:
                ready[message.id] = (
                    self._to_account(message)
                    if message.recipient == ACCOUNT
                    else self._ready(message, read.get(message.id), lasts)
                )
            except InvalidToken:  # the key is missing: the others are sent
                ready[message.id] = NoLongerSent("unreadable")
        return ready

    def _to_account(self, message: Message) -> Outgoing | NoLongerSent:
        if message.sealed_code is None:
            return NoLongerSent("expired")
        to, code_or_token = self._cipher.decrypt(message.sealed_code).split("\n")
        language: Language = message.facts["language"]
        if message.template == CODE:
            text = text_of_code(code_or_token, language, _purpose(message))
        else:
            stop = f"{self._portal}/kontak-tetap/{code_or_token}"
            text = text_of_contact_change(message.facts, stop)
        return Outgoing(message.id, to, text, language, None)

    def _ready(
        self, message: Message, row: Mapping[str, Any] | None, lasts: timedelta
    ) -> Outgoing | NoLongerSent:
        assert message.number is not None
        sealed = row and row["email" if message.channel == "email" else "phone"]
        if row is None or not sealed or row["holder"] is None:
            return NoLongerSent("no_contact")
        to = HolderCipher(self._cipher, row["report_key"], row["account_key"]).decrypt(sealed)
        language, facts = row["language"], _facts(message.number, row)
        if message.template == CODE:
            if message.sealed_code is None:
                return NoLongerSent("expired")
            code = self._cipher.decrypt(message.sealed_code)
            named = None if facts.discreet else message.number
            text = text_of_code(code, language, _purpose(message), named)
            return Outgoing(message.id, to, text, language, None)
        kind = None  # the notice of a new contact is sent whatever kinds are wanted
        if message.template != CONTACT_CHANGE:
            kind = MessageKind(message.facts["kind"])
        proven = row["proof"] == proof_digest(self._index, row["holder"], message.channel, to)
        against = reason_against(
            cast("Channel", message.channel),
            Reachable(row["proven_at"] if proven else None, lasts=lasts),
            _holder_choices(row),
            kind,
            discreet=facts.discreet,
            at=now(),
        )
        if against is not None:
            return NoLongerSent(against)
        if message.template == CONTACT_CHANGE:
            if message.sealed_code is None:
                return NoLongerSent("expired")
            stop = f"{self._portal}/kontak-laporan/{self._cipher.decrypt(message.sealed_code)}"
            text = text_of_report_contact_change(message.facts, facts, stop)
            return Outgoing(message.id, to, text, message.facts["language"], None)
        if has_waited(message) and _is_outdated(message, row):
            return NoLongerSent("outdated")
        text = text_of(message.template, message.facts, facts, self._portal, language)
        return Outgoing(message.id, to, text, language, row["unsubscribe_token"])


def _is_outdated(message: Message, row: Mapping[str, Any]) -> bool:
    """Whether the message is outdated. Its question was answered, or a later message says what
    status the report has. A notice that an identity was read never becomes outdated."""
    if message.template in QUESTIONS:
        return row["question_open"] is False
    return message.template != REVEALED.template and row["went_on"]


def _purpose(message: Message) -> CodePurpose:
    purpose: CodePurpose = message.facts.get("purpose", "contact_of_account")
    return purpose


def _holder_choices(row: Mapping[str, Any]) -> HolderChoices:
    """The choices of the contact's holder. Stopped messages and unwanted kinds are those of the
    report and the account together."""
    sms = False if row["sms_stopped_at"] is not None else row["sms"]
    own = row["phone_of_report"] or row["email_of_report"]
    of_account = (row["phone"] and not row["phone_of_report"]) or (
        row["email"] and not row["email_of_report"]
    )
    involved = [*(["report"] if own else []), *(["account"] if of_account else [])]
    return HolderChoices(
        stopped=any(row[f"{holder}_stopped_at"] is not None for holder in involved),
        email=row["send_mail"] is not False,  # None: no choice was made
        sms=sms,
        muted={kind for holder in involved for kind in row[f"{holder}_muted"] or ()},
    )


def _facts(number: int, row: Mapping[str, Any]) -> ReportFacts:
    discreet = row["anonymous"] or row["secret"]
    public = not discreet and row["verified_at"] is not None and row["tab"] != "archived"
    return ReportFacts(
        number=number,
        title=row["title"] if public else None,
        discreet=discreet,
        handler=row["handler"],
        zone=Zone(row["zone"]),
        recourse=row["recourse"],
    )


_HANDLER = col(Message.facts)["handler_id"].astext.cast(Integer)
_OfReport, _OfAccount = aliased(Preference), aliased(Preference)
_Later = aliased(Message)
_WENT_ON = (
    select(col(_Later.id))
    .where(
        col(_Later.number) == col(Message.number),
        col(_Later.recipient) == col(Message.recipient),
        col(_Later.channel) == col(Message.channel),
        col(_Later.version) > col(Message.version),
        col(_Later.template).in_(OF_WHERE_IT_STANDS),
        col(_Later.state).in_(("queued", "sent")),
    )
    .correlate(Message)
)
_OFFICES = (
    select(col(RecourseEntry.code))
    .where(
        *concern(
            col(Message.facts)["archive_category"].astext,
            col(Report.classification),
            col(Report.category_id),
        )
    )
    .correlate(Message, Report)
)
_READ: Select[*tuple[Any, ...]] = (
    select(
        col(Message.id),
        *(col(Contact.holder), col(Contact.language), col(Contact.proof), col(Contact.proven_at)),
        *(col(Preference.email).label("send_mail"), col(Preference.sms)),
        *(col(Preference.unsubscribe_token), col(_OfReport.sms_stopped_at)),
        col(_OfReport.stopped_at).label("report_stopped_at"),
        col(_OfReport.muted).label("report_muted"),
        col(_OfAccount.stopped_at).label("account_stopped_at"),
        col(_OfAccount.muted).label("account_muted"),
        *(col(ReachableReporter.phone), col(ReachableReporter.phone_of_report)),
        *(col(ReachableReporter.email), col(ReachableReporter.email_of_report)),
        *(col(ReachableReporter.report_key), col(ReachableReporter.account_key)),
        *(col(Report.anonymous), col(Report.secret), col(Report.verified_at), col(Report.tab)),
        col(ReportText.title),
        and_(col(Message.template).in_(NAMES_RECOURSE), _OFFICES.exists()).label("recourse"),
        col(Report.state)["question_open"].as_boolean().label("question_open"),
        _WENT_ON.exists().label("went_on"),
        col(AgencyEntry.name).label("handler"),
        col(AgencyEntry.zone),
    )
    .join(Report, col(Report.number) == col(Message.number))
    .join(ReportText, col(ReportText.number) == col(Message.number))
    .join(ReachableReporter, col(ReachableReporter.number) == col(Message.number))
    .join(AgencyEntry, col(AgencyEntry.id) == _HANDLER)
    .outerjoin(Contact, col(Contact.id) == col(Message.contact_id))
    .outerjoin(Preference, col(Preference.holder) == col(Contact.holder))
    .outerjoin(_OfReport, col(_OfReport.holder) == func.concat("report-", col(Message.number)))
    .outerjoin(
        _OfAccount,
        col(_OfAccount.holder) == func.concat("account-", col(ReachableReporter.reporter_id)),
    )
)
