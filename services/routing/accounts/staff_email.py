"""The e-mail address of a member of staff, kept encrypted. Only `notification` sends to it."""

from collections.abc import Collection
from typing import Literal

from sqlalchemy import LargeBinary, cast, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.routing.models import StaffContact
from shared.database.views import ContactProof
from shared.privacy.holder_keys import HolderCipher, read_if_possible
from shared.privacy.identity import IdentityCipher

EmailState = Literal["none", "unproven", "proven", "undeliverable"]


async def read_emails(
    session: AsyncSession, cipher: IdentityCipher, staff_ids: Collection[int]
) -> dict[int, str]:
    """The addresses by staff id; people without one are left out."""
    kept = select(StaffContact).where(col(StaffContact.staff_id).in_(staff_ids))
    emails: dict[int, str] = {}
    for contact in await session.scalars(kept):
        if email := read_if_possible(cipher, contact.email, contact.holder_key):
            emails[contact.staff_id] = email
    return emails


async def email_states(session: AsyncSession, staff_ids: Collection[int]) -> dict[int, EmailState]:
    """Whether the addresses are proven, by staff id; people without an address are left out."""
    holder = func.concat("staff-", col(StaffContact.staff_id))
    statement = (
        select(col(StaffContact.staff_id), ContactProof)
        .outerjoin(
            ContactProof,
            (col(ContactProof.holder) == holder) & (col(ContactProof.channel) == "email"),
        )
        .where(col(StaffContact.staff_id).in_(staff_ids))
    )
    rows = (await session.execute(statement)).all()
    return {staff_id: _state(proof) for staff_id, proof in rows}


async def enter_email(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, email: str
) -> None:
    """Set the person's address, which is then not proven yet; an empty one removes it. Like
    everything here, this happens in the caller's transaction."""
    if not email:
        gone = delete(StaffContact).where(col(StaffContact.staff_id) == staff_id)
        await session.execute(gone)
        return
    own, wrapped = HolderCipher.new(cipher)
    row = {"staff_id": staff_id, "email": own.encrypt(email), "holder_key": wrapped}
    kept = insert(StaffContact).values(row)
    await session.execute(kept.on_conflict_do_update(index_elements=["staff_id"], set_=row))
    await session.execute(select(func.notification.staff_email_entered(staff_id)))


async def mail_password_link(
    session: AsyncSession, cipher: IdentityCipher, staff_id: int, url: str, *, first: bool
) -> None:
    """Mail a one-time link to the person, if they have an address. `first`: they have no password
    yet, so the link may also go to an address that is not proven."""
    facts = cast({"first": first}, JSONB)
    sealed = cast(cipher.encrypt(url), LargeBinary)
    write = func.notification.write_to_staff(staff_id, "password_link", facts, sealed)
    await session.execute(select(write))


async def mail_proof_link(session: AsyncSession, staff_id: int) -> None:
    """Mail the link that proves the address, if the person has one that is not proven."""
    if (await email_states(session, [staff_id])).get(staff_id) != "unproven":
        return
    write = func.notification.write_to_staff(staff_id, "prove_email", cast({}, JSONB), None)
    await session.execute(select(write))


def _state(proof: ContactProof | None) -> EmailState:
    if proof is not None and proof.undeliverable_at is not None:
        return "undeliverable"
    return "proven" if proof is not None and proof.proven_at is not None else "unproven"
