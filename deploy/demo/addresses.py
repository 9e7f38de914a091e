"""Proven e-mail addresses for the demo's staff, so that messages to them reach the mailbox."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from deploy.demo.country import STAFF
from services.notification.models import Contact, Preference
from services.notification.outgoing.to_staff import holder_of_staff
from services.notification.proven import proof_digest
from services.routing.accounts.staff_email import enter_email
from services.routing.models import StaffMember
from shared.clock import now
from shared.database.engine import Database
from shared.privacy.identity import BlindIndex, IdentityCipher


async def give_addresses(database_url: str, identity_keys: str, blind_index_key: str) -> int:
    """Give an address to each person on the start screen who has never had one; return their
    number. `database_url` is the owner's."""
    cipher, index = IdentityCipher(identity_keys), BlindIndex(blind_index_key)
    database = Database(database_url, pool_size=1)
    try:
        async with database.session() as session:
            people = await _without(session)
            for person in people:
                assert person.id is not None
                email = f"{person.username}@lapor.example"
                await enter_email(session, cipher, person.id, email)
                await _proven(session, index, person.id, email)
            return len(people)
    finally:
        await database.dispose()


async def _without(session: AsyncSession) -> Sequence[StaffMember]:
    shown = [person.username for person in STAFF if person.shown]
    people = await session.scalars(select(StaffMember).where(col(StaffMember.username).in_(shown)))
    had = set(await session.scalars(select(col(Contact.holder))))
    return [p for p in people if p.id is not None and holder_of_staff(p.id) not in had]


async def _proven(session: AsyncSession, index: BlindIndex, staff_id: int, email: str) -> None:
    holder = holder_of_staff(staff_id)
    contact = await session.scalar(select(Contact).where(col(Contact.holder) == holder))
    assert contact is not None
    contact.proven_at, contact.proof = now(), proof_digest(index, holder, "email", email)
    chosen = insert(Preference).values(holder=holder, unsubscribe_token=uuid4())
    await session.execute(chosen.on_conflict_do_nothing())
