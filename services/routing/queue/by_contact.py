"""Finds reports whose reporter has exactly this phone number or e-mail address.

Only proven contacts are indexed, by a keyed digest; none of anonymous reports, and of secret ones
only those of their account. Reports whose reporter a person may not know are never found, so the
answer does not reveal whether there is such a reporter.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.clock import now
from shared.database.policy_in_force import load_policy
from shared.database.views import Contact
from shared.database.word_search import Searched
from shared.http.tokens import Staff
from shared.lifecycle.people import Role
from shared.privacy.contact_digest import ContactChannel, account_digest
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import BlindIndex, IdentityCipher
from shared.values.emails import normalise_email
from shared.values.phones import PhoneRejected, normalise_phone
from shared.values.report_numbers import numbers_in


class TypedContact(NamedTuple):
    """A contact in the normalised form in which it is stored."""

    channel: ContactChannel
    value: str


def contact_in(words: str) -> TypedContact | None:
    """The phone number or e-mail address that a search consists of, or None. Report numbers are not
    contacts, even if their digits together look like a phone number."""
    if numbers_in(words):
        return None
    try:
        if "@" in words:
            return TypedContact("email", normalise_email(words))
        return TypedContact("sms", normalise_phone(words))
    except (PhoneRejected, ValueError):
        return None


@dataclass(frozen=True)
class ContactFinder:
    """Finds reports by contact on behalf of this person."""

    staff: Staff
    index: BlindIndex
    cipher: IdentityCipher

    async def newest(
        self,
        session: AsyncSession,
        contact: TypedContact,
        searched: Searched,
        *,
        first: int,
        before: int | None,
        limit: int,
    ) -> list[int]:
        """The report numbers from `first` up to but not including `before`, newest first."""
        proven = (await load_policy(session, (), now())).proof.duration
        asked: dict[str, Any] = {
            **searched.parameters,
            "digest": account_digest(self.index, *contact),
            "of_channel": contact.channel,
            "since": now() - proven,
            "reader": self.staff.agency_id,
            "first": first,
            "before": before,
            "most": limit,
        }
        told = _TO_OFFICERS if self.staff.role == Role.LIAISON_OFFICER else _TO_ADMINS
        conditions = f"{searched.belongs} AND {searched.filters} AND {told}"
        numbers = list(await session.scalars(text(_OF_CONTACT.format(conditions)), asked))
        return await self._of_those_who_have_it(session, contact, numbers)

    async def _of_those_who_have_it(
        self, session: AsyncSession, contact: TypedContact, numbers: list[int]
    ) -> list[int]:
        """Keep the reports whose own contact this is: it may differ from the account's."""
        rows = await session.scalars(select(Contact).where(col(Contact.number).in_(numbers)))
        have = {row.number for row in rows if self._value(row, contact.channel) == contact.value}
        return [number for number in numbers if number in have]

    def _value(self, row: Contact, channel: ContactChannel) -> str | None:
        token = row.phone if channel == "sms" else row.email
        return read_if_possible(self.cipher, token, row.report_key, row.account_key)


# The same rule as `ReportAccess.reporter_hidden`.
_TO_OFFICERS = "NOT r.anonymous AND r.handler_id = :reader"
_TO_ADMINS = """
    NOT r.anonymous AND EXISTS (
        SELECT FROM routing.agency_directory h
        WHERE h.id = r.handler_id AND CAST(:reader AS bigint) = ANY (h.path))
"""
_OF_CONTACT = """
WITH holder AS MATERIALIZED (
    SELECT h.holder FROM notification.holders_of_contact(
        CAST(:digest AS bytea), :of_channel, CAST(:since AS timestamptz)) h (holder)
),
named AS MATERIALIZED (
    SELECT CAST(substr(holder, 8) AS bigint) AS number FROM holder WHERE holder LIKE 'report-%'
    UNION
    SELECT o.number FROM holder, LATERAL (
        SELECT o.number FROM intake.published_owner o
        WHERE o.reporter_id = CAST(substr(holder, 9) AS int) OFFSET 0) o
    WHERE holder LIKE 'account-%'
)
SELECT r.number FROM named n, LATERAL (
    SELECT r.number FROM lifecycle.report r WHERE r.number = n.number AND {} OFFSET 0) r
WHERE r.number >= :first AND (CAST(:before AS bigint) IS NULL OR r.number < :before)
ORDER BY r.number DESC LIMIT :most
"""
