"""Prepares messages to leaders, with the data at the time of sending."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.messages.channel_choice import reason_against_mail
from services.notification.messages.letter_text import (
    PROVE_LEADER,
    LateReport,
    Letter,
    WeekFigures,
    document_of_letter,
    text_of_leader_proof,
    text_of_letter,
)
from services.notification.models import Contact, Message, Preference
from services.notification.outgoing.prepared import NoLongerSent, Outgoing, read_by_message
from services.notification.outgoing.proof_links import proof_token
from services.notification.proven import proof_digest
from shared.clock import now
from shared.database.views import AgencyEntry, CategoryEntry, ReachableLeader
from shared.lifecycle.calendar import Zone
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import BlindIndex, IdentityCipher

STALE_AFTER = timedelta(days=14)
"""A letter expires this long after the Monday of its week: then the next one is due."""


def is_to_leader(message: Message) -> bool:
    return message.recipient.startswith("leader-")


class LeaderOutbox:
    """Prepares messages to leaders. Only the outboxes decrypt contacts in order to send."""

    def __init__(self, cipher: IdentityCipher, index: BlindIndex, portal: str) -> None:
        self._cipher, self._index, self._portal = cipher, index, portal

    async def prepare(
        self, session: AsyncSession, messages: Sequence[Message]
    ) -> dict[UUID, Outgoing | NoLongerSent]:
        """The prepared messages, by their ids."""
        read = await read_by_message(session, _READ, messages)
        late = [late for message in messages for late in message.facts.get("late", ())]
        categories = await _names(session, CategoryEntry, {each[1] for each in late})
        units = await _names(session, AgencyEntry, {each[3] for each in late})
        return {
            message.id: self._ready(message, read.get(message.id), categories, units)
            for message in messages
        }

    def _ready(
        self,
        message: Message,
        row: Mapping[str, Any] | None,
        categories: Mapping[int, str],
        units: Mapping[int, str],
    ) -> Outgoing | NoLongerSent:
        if row is None or not row["active"]:
            return NoLongerSent("no_contact")
        to = read_if_possible(self._cipher, row["email"], row["holder_key"])
        if to is None:  # the key is missing: the others are sent
            return NoLongerSent("unreadable")
        language = row["language"]
        if message.template == PROVE_LEADER:
            token = proof_token(self._index, row["holder"], to, now())
            link = f"{self._portal}/surat-mingguan/{row['agency_id']}?kunci={token}"
            text = text_of_leader_proof(row["agency"], link, language)
            return Outgoing(message.id, to, text, language, None)
        proven = row["proof"] == proof_digest(self._index, row["holder"], "email", to)
        against = reason_against_mail(
            row["proven_at"] if proven else None,
            undeliverable=row["undeliverable_at"] is not None,
            stopped=row["stopped_at"] is not None,
            at=now(),
        )
        if against is not None:
            return NoLongerSent(against)
        week = date.fromisoformat(message.facts["week"])
        if now().astimezone(Zone(row["zone"]).offset).date() >= week + STALE_AFTER:
            return NoLongerSent("expired")
        letter = Letter(
            agency=row["agency"],
            leader=row["name"],
            title=row["title"],
            week=week,
            figures=WeekFigures(**message.facts["figures"]),
            late=[
                LateReport(number, categories.get(category), date.fromisoformat(since), units[unit])
                for number, category, since, unit in message.facts["late"]
            ],
        )
        return Outgoing(
            message.id,
            to,
            text_of_letter(letter, language),
            language,
            row["unsubscribe_token"],
            document_of_letter(letter, language),
        )


async def _names(
    session: AsyncSession, entry: type[CategoryEntry] | type[AgencyEntry], ids: set[int | None]
) -> dict[int, str]:
    there = {id for id in ids if id is not None}
    named = select(col(entry.id), col(entry.name)).where(col(entry.id).in_(there))
    return {row.id: row.name for row in await session.execute(named)}


_READ: Select[*tuple[Any, ...]] = (
    select(
        col(Message.id),
        *(col(ReachableLeader.holder), col(ReachableLeader.agency_id)),
        *(col(ReachableLeader.name), col(ReachableLeader.title)),
        *(col(ReachableLeader.email), col(ReachableLeader.holder_key)),
        *(col(AgencyEntry.name).label("agency"), col(AgencyEntry.zone), col(AgencyEntry.active)),
        *(col(Contact.language), col(Contact.proof), col(Contact.proven_at)),
        *(col(Contact.undeliverable_at), col(Preference.stopped_at)),
        col(Preference.unsubscribe_token),
    )
    .join(Contact, col(Contact.id) == col(Message.contact_id))
    .join(ReachableLeader, col(ReachableLeader.holder) == col(Message.recipient))
    .join(AgencyEntry, col(AgencyEntry.id) == col(ReachableLeader.agency_id))
    .outerjoin(Preference, col(Preference.holder) == col(Message.recipient))
)
