"""The contacts of a report as its reporter sees them, with the choices made for them."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.codes import NamedContact
from services.notification.contacts.first_choice import FirstChoice, first_choice
from services.notification.contacts.named_contacts import named_contacts
from services.notification.contacts.reporters import holder_of_report
from services.notification.contacts.resources import Resources
from services.notification.messages.table import MessageKind
from services.notification.models import Channel, Contact, Preference
from services.notification.proven import proof_lasts
from shared.clock import now
from shared.command_requests.report_access import owns
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Partner, ReporterPrincipal
from shared.privacy.identity import masked_contact

ContactState = Literal["unproven", "proven", "lapsed", "undeliverable", "removed"]
"""`removed`: its holder says that it is not safe. It can still be used to sign in, but nothing is
sent there."""


class OwnContact(BaseModel):
    """A contact that the reporter has named. News of the report goes only to a proven contact."""

    channel: Channel
    shown: str = Field(description="As its owner knows it again")
    state: ContactState
    of_account: bool = Field(description="Replaced and removed there, not on a report's page")
    proven_until: datetime | None


class OwnContacts(BaseModel):
    """The contacts that the reporter of a report has named, and what they chose."""

    contacts: list[OwnContact]
    discreet: bool = Field(description="Anonymous or secret: text messages have to be chosen")
    stopped: bool = Field(description="Nothing is sent at all")
    email: bool
    sms: bool = Field(description="Whether text messages are sent")
    muted: list[MessageKind]


async def check_own(session: AsyncSession, reporter: ReporterPrincipal, number: int) -> None:
    """Check that the report is the reporter's. Raises 404 if it is not, and 403 for partner
    systems."""
    if isinstance(reporter, Partner):
        raise forbidden()
    if not await owns(session, reporter, number):
        raise not_found("report_not_found")


async def are_stopped_by_sms(session: AsyncSession, number: int) -> bool:
    """Whether the reporter has stopped text messages about the report by SMS."""
    row = await session.get(Preference, holder_of_report(number), populate_existing=True)
    return row is not None and row.sms_stopped_at is not None


async def own_contacts(session: AsyncSession, notification: Resources, number: int) -> OwnContacts:
    """The contacts and choices of a report's reporter, of the report and the account together."""
    contacts = await named_contacts(session, notification.cipher, number)
    holders = {contact.holder for contact in contacts}
    rows = await session.scalars(select(Contact).where(col(Contact.holder).in_(holders)))
    known = {(row.holder, row.channel): row for row in rows}
    chosen = await session.scalars(select(Preference).where(col(Preference.holder).in_(holders)))
    choices = {choice.holder: choice for choice in chosen}
    discreet = await notification.is_discreet(session, number)
    wanted: dict[Channel, bool | None] = {"email": True, "sms": None}
    for contact in contacts:
        choice: Preference | FirstChoice | None = choices.get(contact.holder)
        if choice is None and contact.holder == holder_of_report(number):
            choice = await first_choice(session, number)
        if choice is not None:
            wanted[contact.channel] = choice.email if contact.channel == "email" else choice.sms
    stopped_by_sms = await are_stopped_by_sms(session, number)
    lasts = await proof_lasts(session)
    return OwnContacts(
        contacts=[
            own_contact(notification, contact, known.get((contact.holder, contact.channel)), lasts)
            for contact in contacts
        ],
        discreet=discreet,
        stopped=any(choice.stopped_at is not None for choice in choices.values()),
        email=wanted["email"] is not False,
        sms=not stopped_by_sms and (not discreet if wanted["sms"] is None else wanted["sms"]),
        muted=sorted({MessageKind(kind) for choice in choices.values() for kind in choice.muted}),
    )


def own_contact(
    notification: Resources, contact: NamedContact, row: Contact | None, lasts: timedelta
) -> OwnContact:
    """A masked contact with the state of its proof. `lasts`: how long a proof is valid."""
    state: ContactState = "unproven"
    until = None
    if row is not None and row.removed_at is not None:
        state = "removed"
    elif row is not None and row.undeliverable_at is not None:
        state = "undeliverable"
    elif row is not None and notification.codes.is_proven(row, contact):
        assert row.proven_at is not None
        until = row.proven_at + lasts
        state = "proven" if until > now() else "lapsed"
    return OwnContact(
        channel=contact.channel,
        shown=masked_contact(contact.channel, contact.value),
        state=state,
        of_account=contact.holder.startswith("account-"),
        proven_until=until,
    )
