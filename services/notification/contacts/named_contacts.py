"""Decrypts the contacts that the reporter of a report, or the owner of an account, has named."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.codes import NamedContact
from services.notification.contacts.reporters import holder_of_account, holder_of_report
from services.notification.models import Channel
from shared.database.lifecycle import Report
from shared.database.views import ReachableReporter, ReporterContacts
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import IdentityCipher, normalise_email
from shared.values.phones import normalise_phone


async def named_contacts(
    session: AsyncSession, cipher: IdentityCipher, number: int
) -> list[NamedContact]:
    """The contacts of a report, e-mail first. Empty: there are none, or there is no such report."""
    statement = (
        select(ReachableReporter, col(Report.handler_id))
        .join(Report, col(Report.number) == col(ReachableReporter.number))
        .where(col(ReachableReporter.number) == number)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return []
    reachable, handler_id = row
    keys = (reachable.report_key, reachable.account_key)
    sealed: tuple[tuple[Channel, bytes | None, bool], ...] = (
        ("email", reachable.email, reachable.email_of_report),
        ("sms", reachable.phone, reachable.phone_of_report),
    )
    return [
        NamedContact(
            number=number,
            handler_id=handler_id,
            holder=(
                holder_of_report(number) if own else holder_of_account(reachable.reporter_id or 0)
            ),
            channel=channel,
            value=value,
        )
        for channel, token, own in sealed
        if (value := read_if_possible(cipher, token, *keys))
    ]


async def contacts_of_account(
    session: AsyncSession, cipher: IdentityCipher, account_id: int
) -> list[NamedContact]:
    """The contacts of an account itself, e-mail first."""
    account = await session.get(ReporterContacts, account_id)
    if account is None:
        return []
    sealed: tuple[tuple[Channel, bytes | None], ...] = (
        ("email", account.email),
        ("sms", account.phone),
    )
    holder = holder_of_account(account_id)
    return [
        NamedContact(0, 0, holder, channel, value)
        for channel, token in sealed
        if (value := read_if_possible(cipher, token, account.holder_key))
    ]


def typed_contact(typed: str) -> tuple[Channel, str]:
    """The channel of a contact that was typed, and the contact in its stored form. The form is
    empty if the text is not a contact."""
    kinds: tuple[tuple[Channel, Callable[[str], str]], ...] = (
        ("sms", normalise_phone),
        ("email", normalise_email),
    )
    for channel, normalise in kinds:
        try:
            return channel, normalise(typed)
        except ValueError:
            continue
    return "email", ""
