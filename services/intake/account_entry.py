"""Which account a contact and a password open.

Nobody has proven a contact, so any number of accounts may name the same one, and none is found
by it alone: the password decides. The hashes of one contact share a salt, so that a try costs one
computation whether nobody named the contact or a thousand did, and takes as long. No two accounts
of a contact get the same password (decision 30).
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


class Entered(NamedTuple):
    """An account, and by what it was entered."""

    account_id: int
    contact: bytes
    password_hash: str


class Entry(TypedDict):
    """How an account is entered by one of its contacts."""

    contact: bytes
    password_hash: str


async def accounts_entered(
    database: Database, intake: Resources, contact: bytes | None, password: str
) -> list[Entered]:
    """The accounts with this contact and this password, the oldest first: there may be several
    from before they were kept apart. None, after the same time, where there is none. `contact`
    None: what was typed is no contact at all."""
    index = contact or b""
    async with database.session() as session:
        entries = (await session.scalars(_entries(index))).all()
    first = entries[0].password_hash if entries else None
    typed = await hash_like(password, first, _salt(intake, index))
    return [
        Entered(entry.reporter_id, index, entry.password_hash)
        for entry in entries
        if hmac.compare_digest(entry.password_hash.encode(), typed.encode())
    ]


async def still_entered(session: AsyncSession, entered: Entered) -> bool:
    """Whether the password was not changed while it was looked at; it is not until the session's
    end."""
    entry = await session.get(
        AccountEntry, (entered.contact, entered.account_id), with_for_update={"read": True}
    )
    return entry is not None and entry.password_hash == entered.password_hash


async def entries_for(
    database: Database, intake: Resources, contacts: Iterable[bytes], password: str
) -> list[Entry]:
    """The hashes by which an account with these contacts is entered, for `keep_entries`."""
    made: list[Entry] = []
    for contact in contacts:
        async with database.session() as session:
            first = (await session.scalars(_entries(contact))).first()
        stored = first.password_hash if first else None
        hashed = await hash_like(password, stored, _salt(intake, contact))
        made.append(Entry(contact=contact, password_hash=hashed))
    return made


async def keep_entries(session: AsyncSession, account_id: int, entries: list[Entry]) -> None:
    """The account is entered by these from now on, and by what it was entered by no more. 422
    where another is entered by one of them: signing in would be to one of the two only."""
    for entry in sorted(entries, key=itemgetter("contact")):
        await session.execute(select(_alone(entry["contact"])))
        another = _entries(entry["contact"]).where(
            col(AccountEntry.reporter_id) != account_id,
            col(AccountEntry.password_hash) == entry["password_hash"],
        )
        if (await session.scalars(another)).first() is not None:
            raise validation(FieldError("password", "password_opens_another"))
        await session.merge(AccountEntry(reporter_id=account_id, **entry))


async def contacts_of(session: AsyncSession, account_id: int) -> list[bytes]:
    """The keyed digests of the contacts by which the account is entered."""
    of_account = col(AccountEntry.reporter_id) == account_id
    return list(await session.scalars(select(AccountEntry.contact).where(of_account)))


def _salt(intake: Resources, contact: bytes) -> bytes:
    return intake.index.other("sign_in_salt", contact.hex())[:16]


def _entries(contact: bytes) -> SelectOfScalar[AccountEntry]:
    """The oldest account first."""
    by_contact = select(AccountEntry).where(col(AccountEntry.contact) == contact)
    return by_contact.order_by(col(AccountEntry.reporter_id))


def _alone(contact: bytes) -> ColumnElement[None]:
    return func.pg_advisory_xact_lock(func.hashtextextended(contact.hex(), 0))
