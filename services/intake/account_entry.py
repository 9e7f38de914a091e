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

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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
        entries = (await session.execute(_ENTRIES, {"contact": index})).all()
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
    return bool(await session.scalar(_STILL, entered._asdict()))


async def entries_for(
    database: Database, intake: Resources, contacts: Iterable[bytes], password: str
) -> list[Entry]:
    """The hashes by which an account with these contacts is entered, for `keep_entries`."""
    made: list[Entry] = []
    for contact in contacts:
        async with database.session() as session:
            first = (await session.execute(_ENTRIES, {"contact": contact})).first()
        stored = first.password_hash if first else None
        hashed = await hash_like(password, stored, _salt(intake, contact))
        made.append(Entry(contact=contact, password_hash=hashed))
    return made


async def keep_entries(session: AsyncSession, account_id: int, entries: list[Entry]) -> None:
    """The account is entered by these from now on, and by what it was entered by no more. 422
    where another is entered by one of them: signing in would be to one of the two only."""
    for entry in sorted(entries, key=itemgetter("contact")):
        kept = {**entry, "reporter_id": account_id}
        await session.execute(_ALONE, kept)
        if await session.scalar(_TAKEN, kept):
            raise validation(FieldError("password", "password_opens_another"))
        await session.execute(_KEEP, kept)


async def contacts_of(session: AsyncSession, account_id: int) -> list[bytes]:
    """The keyed digests of the contacts by which the account is entered."""
    found = await session.execute(_CONTACTS, {"reporter_id": account_id})
    return [bytes(row.contact) for row in found]


def _salt(intake: Resources, contact: bytes) -> bytes:
    return intake.index.other("sign_in_salt", contact.hex())[:16]


_ENTRIES = text(
    "SELECT reporter_id, password_hash FROM intake.account_entry WHERE contact = :contact"
    " ORDER BY reporter_id"
)
_STILL = text(
    "SELECT true FROM intake.account_entry WHERE contact = :contact"
    " AND reporter_id = :account_id AND password_hash = :password_hash FOR SHARE"
)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(encode(:contact, 'hex'), 0))")
_TAKEN = text(
    "SELECT EXISTS (SELECT FROM intake.account_entry WHERE contact = :contact"
    " AND reporter_id <> :reporter_id AND password_hash = :password_hash)"
)
_KEEP = text(
    "INSERT INTO intake.account_entry (contact, reporter_id, password_hash)"
    " VALUES (:contact, :reporter_id, :password_hash)"
    " ON CONFLICT (contact, reporter_id) DO UPDATE SET password_hash = EXCLUDED.password_hash"
)
_CONTACTS = text("SELECT contact FROM intake.account_entry WHERE reporter_id = :reporter_id")
