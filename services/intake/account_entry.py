"""Finds the account that a contact and a password open.

Sign-in does not require a proven contact, so any number of accounts may have the same one. A
contact alone identifies no account: the password decides. The hashes of one contact share a salt,
so that a try costs one computation and takes the same time whether no account or a thousand have
the contact. Two accounts with the same contact cannot have the same password (decision 30).
"""

import hmac
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple, TypedDict

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.intake.models import AccountEntry
from services.intake.resources import Resources
from shared.database.engine import Database
from shared.http.passwords import hash_like
from shared.http.problems import FieldError, validation


class MatchingAccount(NamedTuple):
    """An account that was found, with the contact and hash that opened it."""

    account_id: int
    contact: bytes
    password_hash: str


class Entry(TypedDict):
    """A contact and the password hash that open an account."""

    contact: bytes
    password_hash: str


async def matching_accounts(
    database: Database, intake: Resources, contact: bytes | None, password: str
) -> list[MatchingAccount]:
    """The accounts with this contact and this password, the oldest first. There can be several from
    before this was prevented. An empty list takes the same time. `contact` None: what was typed is
    not a contact."""
    index = contact or b""
    async with database.session() as session:
        entries = (await session.scalars(_entries(index))).all()
    first = entries[0].password_hash if entries else None
    typed = await hash_like(password, first, _salt(intake, index))
    return [
        MatchingAccount(entry.reporter_id, index, entry.password_hash)
        for entry in entries
        if hmac.compare_digest(entry.password_hash.encode(), typed.encode())
    ]


async def still_matches(session: AsyncSession, entered: MatchingAccount) -> bool:
    """Whether the password has not changed since it was checked. It cannot change until the session
    ends."""
    entry = await session.get(
        AccountEntry, (entered.contact, entered.account_id), with_for_update={"read": True}
    )
    return entry is not None and entry.password_hash == entered.password_hash


async def entries_for(
    database: Database, intake: Resources, contacts: Iterable[bytes], password: str
) -> list[Entry]:
    """The contacts and hashes that open an account with this password, for `keep_entries`."""
    made: list[Entry] = []
    for contact in contacts:
        async with database.session() as session:
            first = (await session.scalars(_entries(contact))).first()
        stored = first.password_hash if first else None
        hashed = await hash_like(password, stored, _salt(intake, contact))
        made.append(Entry(contact=contact, password_hash=hashed))
    return made


async def keep_entries(session: AsyncSession, account_id: int, entries: list[Entry]) -> None:
    """Replace the password hashes of the account for these contacts. Raises 422 if one of them
    opens another account: signing in could then open only one of the two."""
    for entry in sorted(entries, key=itemgetter("contact")):
        await session.execute(select(_lock(entry["contact"])))
        another = _entries(entry["contact"]).where(
            col(AccountEntry.reporter_id) != account_id,
            col(AccountEntry.password_hash) == entry["password_hash"],
        )
        if (await session.scalars(another)).first() is not None:
            raise validation(FieldError("password", "password_opens_another"))
        await session.merge(AccountEntry(reporter_id=account_id, **entry))


async def contacts_of(session: AsyncSession, account_id: int) -> list[bytes]:
    """The keyed digests of the contacts that open the account."""
    of_account = col(AccountEntry.reporter_id) == account_id
    return list(await session.scalars(select(AccountEntry.contact).where(of_account)))


def _salt(intake: Resources, contact: bytes) -> bytes:
    return intake.index.other("sign_in_salt", contact.hex())[:16]


def _entries(contact: bytes) -> SelectOfScalar[AccountEntry]:
    """Select the entries of a contact, the oldest account first."""
    by_contact = select(AccountEntry).where(col(AccountEntry.contact) == contact)
    return by_contact.order_by(col(AccountEntry.reporter_id))


def _lock(contact: bytes) -> ColumnElement[None]:
    return func.pg_advisory_xact_lock(func.hashtextextended(contact.hex(), 0))
