"""Holders of contacts: an account, or a report with contacts of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import ColumnElement, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.holder_keys import carry
from services.intake.models import ContactChange, ReporterAccount, Submission
from services.intake.resources import Resources
from shared.command_requests.report_access import owns
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Partner, Reporter, ReporterPrincipal
from shared.privacy.holder_keys import HolderCipher, read_if_possible

Channel = Literal["email", "sms"]


@dataclass(frozen=True)
class ContactHolder:
    """An account or a report, named as in notification: `account-<id>`, `report-<number>`."""

    account_id: int | None = None
    number: int | None = None

    @property
    def name(self) -> str:
        return f"account-{self.account_id}" if self.number is None else f"report-{self.number}"

    @property
    def changes(self) -> ColumnElement[bool]:
        """The condition for this holder's contact changes."""
        if self.number is None:
            return col(ContactChange.reporter_id) == self.account_id
        return col(ContactChange.number) == self.number

    async def row(self, session: AsyncSession) -> ReporterAccount | Submission:
        """Read and lock the holder's row. Call it before other locks, so that changes of its
        contacts do not deadlock. Raises `NoResultFound` if the holder is gone."""
        if self.number is None:
            return await session.get_one(ReporterAccount, self.account_id, with_for_update=True)
        return await session.get_one(Submission, self.number, with_for_update=True)

    async def key(self, session: AsyncSession) -> bytes | None:
        """The holder's own key for reading, without a lock."""
        of = ReporterAccount if self.number is None else Submission
        id = self.account_id if self.number is None else self.number
        row: ReporterAccount | Submission | None = await session.get(of, id)
        return row.holder_key if row else None

    async def cipher(self, session: AsyncSession, intake: Resources) -> HolderCipher:
        """The cipher with the holder's own key, which is created for a report that named nobody."""
        row = await self.row(session)
        if row.holder_key is None:
            carry(row, intake.cipher)
            await session.flush()
        return HolderCipher(intake.cipher, row.holder_key)

    async def contacts(self, session: AsyncSession, intake: Resources) -> "list[NamedContact]":
        """The holder's contacts, e-mail first."""
        row = await self.row(session)
        account = None
        if isinstance(row, Submission) and row.reporter_id is not None:
            account = await session.get(ReporterAccount, row.reporter_id)
        named: list[NamedContact] = []
        for channel in _CHANNELS:
            owner: ReporterAccount | Submission = row
            holder = self
            proven_at, replaceable_at = await _proof(session, self, channel)
            if account is not None and not token_of(row, channel) and token_of(account, channel):
                owner, holder = account, ContactHolder(account_id=account.id)
                proven_at, later = await _proof(session, holder, channel)
                replaceable_at = max(filter(None, (replaceable_at, later)), default=None)
            token = token_of(owner, channel)
            value = read_if_possible(intake.cipher, token, owner.holder_key)
            proven_at = proven_at if value else None
            named.append(NamedContact(holder, channel, value, proven_at, replaceable_at))
        return named


class NamedContact(NamedTuple):
    """A holder's contact for one channel, with its proof. `holder` owns the contact: the account,
    if the report has no contact of its own. `replaceable_at`: a contact was removed here, and
    another may replace it from then on."""

    holder: ContactHolder
    channel: Channel
    value: str | None
    proven_at: datetime | None
    replaceable_at: datetime | None


def token_of(row: ReporterAccount | Submission, channel: Channel) -> bytes | None:
    """The encrypted contact in the row."""
    return row.email if channel == "email" else row.phone


def keep_token(row: ReporterAccount | Submission, channel: Channel, token: bytes | None) -> None:
    """Set the encrypted contact in the row."""
    if channel == "email":
        row.email = token
    else:
        row.phone = token


def holder_of_change(change: ContactChange) -> ContactHolder:
    return ContactHolder(change.reporter_id, change.number)


def own_account(reporter: ReporterPrincipal) -> ContactHolder:
    """The reporter's account as a holder. Raises 403 if there is none."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    return ContactHolder(account_id=reporter.account_id)


async def own_report(
    session: AsyncSession, reporter: ReporterPrincipal, number: int
) -> ContactHolder:
    """The report as a holder. Raises 403 for partner systems, and 404 if the report is not the
    reporter's."""
    if isinstance(reporter, Partner):
        raise forbidden()
    if not await owns(session, reporter, number):
        raise not_found("report_not_found")
    return ContactHolder(number=number)


async def _proof(
    session: AsyncSession, holder: ContactHolder, channel: Channel
) -> tuple[datetime | None, datetime | None]:
    """When the holder proved this contact, and when a removed one may be replaced."""
    asked = {"holder": holder.name, "channel": channel}
    known = (await session.execute(_PROOF, asked)).one_or_none()
    return (known.proven_at, known.replaceable_at) if known else (None, None)


_CHANNELS: tuple[Channel, ...] = ("email", "sms")
_PROOF = text(
    "SELECT proven_at, replaceable_at FROM notification.proof_of_contact(:holder, :channel)"
)
