"""What is needed to send a message: to whom, in which language, with what text. Read at the moment
of sending, so that what was ended meanwhile is not sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.channel_choice import Reachable, Wishes, reason_against
from services.notification.message_table import MessageKind
from services.notification.models import Channel, Contact, Message, Preference
from services.notification.proof_digest import proof_digest
from services.notification.texts import MessageText, ReportFacts, text_of, text_of_code
from shared.clock import now
from shared.database.lifecycle import Report, ReportText
from shared.database.views import AgencyEntry, ReachableReporter
from shared.labels.catalogue import Language
from shared.lifecycle.calendar import Zone
from shared.privacy.holder_keys import HolderCipher
from shared.privacy.identity import BlindIndex, IdentityCipher, InvalidToken

CODE = "code"
"""The template of a message that carries a code: the one that an unproven contact gets."""


@dataclass(frozen=True)
class Outgoing:
    """A message ready to be handed over. `unsubscribe` is the token of the link that ends all."""

    id: UUID
    to: str
    text: MessageText
    language: Language
    unsubscribe: UUID | None


@dataclass(frozen=True)
class NotAnyMore:
    """Nothing is sent: the contact was ended or changed, or something else was chosen, after the
    row was written. A text message of the evening waits for the morning."""

    reason: str


class Outbox:
    """Makes messages ready. It alone decrypts contacts to send to them."""

    def __init__(self, cipher: IdentityCipher, index: BlindIndex, portal: str) -> None:
        self._cipher, self._index, self._portal = cipher, index, portal

    async def prepare(
        self, session: AsyncSession, messages: Sequence[Message]
    ) -> dict[UUID, Outgoing | NotAnyMore]:
        """By the messages' ids."""
        ids = [message.id for message in messages]
        rows = (await session.execute(_READ.where(col(Message.id).in_(ids)))).mappings()
        read = {row["id"]: dict(row) for row in rows}
        ready: dict[UUID, Outgoing | NotAnyMore] = {}
        for message in messages:
            try:
                ready[message.id] = self._ready(message, read.get(message.id))
            except InvalidToken:  # of a key that we do not have: the others are sent
                ready[message.id] = NotAnyMore("unreadable")
        return ready

    def _ready(self, message: Message, row: Mapping[str, Any] | None) -> Outgoing | NotAnyMore:
        sealed = row and row["email" if message.channel == "email" else "phone"]
        if row is None or not sealed or row["holder"] is None:
            return NotAnyMore("no_contact")
        to = HolderCipher(self._cipher, row["report_key"], row["account_key"]).decrypt(sealed)
        language = row["language"]
        if message.template == CODE:
            if message.sealed_code is None:
                return NotAnyMore("expired")
            code = self._cipher.decrypt(message.sealed_code)
            return Outgoing(message.id, to, text_of_code(code, language), language, None)
        facts = _facts(message, row)
        proven = row["proof"] == proof_digest(self._index, row["holder"], message.channel, to)
        against = reason_against(
            cast("Channel", message.channel),
            Reachable(row["proven_at"] if proven else None),
            _wishes(row),
            MessageKind(message.facts["kind"]),
            discreet=facts.discreet,
            at=now(),
        )
        if against is not None:
            return NotAnyMore(against)
        text = text_of(message.template, message.facts, facts, self._portal, language)
        return Outgoing(message.id, to, text, language, row["unsubscribe_token"])


def _wishes(row: Mapping[str, Any]) -> Wishes:
    if row["unsubscribe_token"] is None:  # nothing was chosen
        return Wishes()
    return Wishes(row["stopped_at"] is not None, row["send_mail"], row["sms"], row["muted"])


def _facts(message: Message, row: Mapping[str, Any]) -> ReportFacts:
    discreet = row["anonymous"] or row["secret"]
    public = not discreet and row["verified_at"] is not None and row["tab"] != "archived"
    return ReportFacts(
        number=message.number,
        title=row["title"] if public else None,
        discreet=discreet,
        handler=row["handler"],
        zone=Zone(row["zone"]),
    )


_HANDLER = col(Message.facts)["handler_id"].astext.cast(Integer)
_READ: Select[*tuple[Any, ...]] = (
    select(
        col(Message.id),
        *(col(Contact.holder), col(Contact.language), col(Contact.proof), col(Contact.proven_at)),
        *(col(Preference.stopped_at), col(Preference.unsubscribe_token)),
        *(col(Preference.email).label("send_mail"), col(Preference.sms), col(Preference.muted)),
        *(col(ReachableReporter.phone), col(ReachableReporter.email)),
        *(col(ReachableReporter.report_key), col(ReachableReporter.account_key)),
        *(col(Report.anonymous), col(Report.secret), col(Report.verified_at), col(Report.tab)),
        col(ReportText.title),
        col(AgencyEntry.name).label("handler"),
        col(AgencyEntry.zone),
    )
    .join(Report, col(Report.number) == col(Message.number))
    .join(ReportText, col(ReportText.number) == col(Message.number))
    .join(ReachableReporter, col(ReachableReporter.number) == col(Message.number))
    .join(AgencyEntry, col(AgencyEntry.id) == _HANDLER)
    .outerjoin(Contact, col(Contact.id) == col(Message.contact_id))
    .outerjoin(Preference, col(Preference.holder) == col(Contact.holder))
)
