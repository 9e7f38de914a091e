"""Six-digit codes that prove a contact: made, sent, and shown again by who received them."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.models import Channel, Contact, Message, Preference
from services.notification.outgoing import CODE
from services.notification.proof_digest import proof_digest
from services.notification.settling import CODE_LASTS
from shared.clock import now
from shared.labels.catalogue import Language
from shared.privacy.identity import BlindIndex, IdentityCipher

TRIES = 5
"""How often a code may be shown wrongly; then another has to be asked for."""

Shown = Literal["right", "wrong", "over"]


@dataclass(frozen=True)
class NamedContact:
    """A contact that a holder has named, readable: for its holder, and to be proven."""

    number: int
    handler_id: int
    holder: str
    channel: Channel
    value: str


class Codes:
    """Makes and checks codes. Of a code only a keyed digest is kept; the one that is still to be
    sent lies encrypted in its message."""

    def __init__(self, cipher: IdentityCipher, index: BlindIndex) -> None:
        self._cipher, self._index = cipher, index

    async def send(self, session: AsyncSession, contact: NamedContact, language: Language) -> None:
        """A new code to this contact; one that was sent before is worth nothing any more."""
        code = f"{secrets.randbelow(10**6):06d}"
        at = now()
        row = await self.row_of(session, contact, lock=True)
        if row is None:
            made = {"id": uuid4(), "holder": contact.holder, "channel": contact.channel}
            await session.execute(insert(Contact).values(**made).on_conflict_do_nothing())
            row = await self.row_of(session, contact, lock=True)
            assert row is not None
        row.code_digest, row.code_tries = self._digest(row.id, code), 0
        row.code_until, row.language = at + CODE_LASTS, language
        id = uuid4()
        session.add(
            Message(
                id=id,
                key=f"code.{id}",
                number=contact.number,
                version=0,
                event=CODE,
                template=CODE,
                recipient="reporter",
                channel=contact.channel,
                contact_id=row.id,
                facts={"handler_id": contact.handler_id},
                state="queued",
                created_at=at,
                not_before=at,
                sealed_code=self._cipher.encrypt(code),
            )
        )

    async def show(self, session: AsyncSession, contact: NamedContact, code: str) -> Shown:
        """Whether this is the code that was sent. Each showing counts, so what this returns must
        be committed, a no too. A code that was right is used up."""
        row = await self.row_of(session, contact, lock=True)
        if row is None or row.code_digest is None or row.code_until is None:
            return "over"
        if row.code_until < now() or row.code_tries >= TRIES:
            return "over"
        row.code_tries += 1
        if not hmac.compare_digest(row.code_digest, self._digest(row.id, code)):
            return "wrong"
        row.code_digest = row.code_until = None
        return "right"

    async def prove(self, session: AsyncSession, contact: NamedContact) -> None:
        """The contact is its holder's from now on."""
        row = await self.row_of(session, contact, lock=True)
        assert row is not None
        row.proven_at, row.undeliverable_at = now(), None
        row.proof = proof_digest(self._index, contact.holder, contact.channel, contact.value)
        chosen = {"holder": contact.holder, "unsubscribe_token": uuid4()}
        await session.execute(insert(Preference).values(**chosen).on_conflict_do_nothing())

    def is_proven(self, row: Contact | None, contact: NamedContact) -> bool:
        """Whether this very contact was proven, however long ago."""
        digest = proof_digest(self._index, contact.holder, contact.channel, contact.value)
        return row is not None and row.proven_at is not None and row.proof == digest

    async def row_of(
        self, session: AsyncSession, contact: NamedContact, *, lock: bool = False
    ) -> Contact | None:
        of_contact = (
            col(Contact.holder) == contact.holder,
            col(Contact.channel) == contact.channel,
        )
        statement = select(Contact).where(*of_contact)
        return await session.scalar(statement.with_for_update() if lock else statement)

    def _digest(self, contact_id: UUID, code: str) -> bytes:
        return self._index.other(f"code of {contact_id}", code)
