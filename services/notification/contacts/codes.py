"""Six-digit codes that prove a contact: creating, sending and checking them."""

import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.code_limits import CODE_LASTS
from services.notification.contacts.first_choice import OF_ACCOUNT, first_choice
from services.notification.contacts.reporters import holder_of_report
from services.notification.messages.texts import CodePurpose
from services.notification.models import Channel, Contact, Message, Preference
from services.notification.outgoing.to_reporters import ACCOUNT, CODE
from services.notification.proven import proof_digest, proof_lasts
from shared.clock import now
from shared.labels.catalogue import Language
from shared.privacy.contact_digest import account_digest
from shared.privacy.identity import BlindIndex, IdentityCipher

TRIES = 5
"""How many tries a code allows; after that a new code has to be requested."""

Shown = Literal["right", "wrong", "over"]


def new_code() -> str:
    """A random code of six digits."""
    return f"{secrets.randbelow(10**6):06d}"


@dataclass(frozen=True)
class NamedContact:
    """A contact that a holder has named, decrypted, to show it to the holder and to prove it.
    `number` and `handler_id` are those of the report through which it was read, even if the contact
    is its account's. They are 0 for a contact of an account itself, and for a new contact."""

    number: int
    handler_id: int
    holder: str
    channel: Channel
    value: str


class Codes:
    """Makes and checks codes. Only a keyed digest of a code is stored; a code that is still to be
    sent is encrypted in its message."""

    def __init__(self, cipher: IdentityCipher, index: BlindIndex) -> None:
        self._cipher, self._index = cipher, index

    async def send(
        self,
        session: AsyncSession,
        contact: NamedContact,
        language: Language,
        purpose: CodePurpose,
    ) -> None:
        """Queue a new code for this contact; an earlier code is no longer valid."""
        code = new_code()
        at = now()
        row = await self.row_of(session, contact, lock=True)
        if row is None:
            made = {"id": uuid4(), "holder": contact.holder, "channel": contact.channel}
            await session.execute(insert(Contact).values(**made).on_conflict_do_nothing())
            row = await self.row_of(session, contact, lock=True)
            assert row is not None
        row.code_digest, row.code_tries = self._digest(row.id, contact, code), 0
        row.code_until, row.language = at + CODE_LASTS, language
        session.add(self.message(contact, code, language, purpose, contact_id=row.id))

    def message(
        self,
        contact: NamedContact,
        code: str,
        language: Language,
        purpose: CodePurpose,
        *,
        contact_id: UUID | None = None,
    ) -> Message:
        """The message that carries the code to the contact."""
        id, at, to_account = uuid4(), now(), contact.number == 0
        return Message(
            id=id,
            key=f"code.{id}",
            number=contact.number or None,
            version=0,
            event=CODE,
            template=CODE,
            recipient=ACCOUNT if to_account else "reporter",
            channel=contact.channel,
            contact_id=contact_id,
            facts={"handler_id": contact.handler_id, "language": language, "purpose": purpose},
            state="queued",
            created_at=at,
            not_before=at,
            sealed_code=self._cipher.encrypt(f"{contact.value}\n{code}" if to_account else code),
        )

    async def show(self, session: AsyncSession, contact: NamedContact, code: str) -> Shown:
        """Check the code that was entered. Each try counts, so the caller must commit whatever the
        result is. A correct code cannot be used again."""
        row = await self.row_of(session, contact, lock=True)
        if row is None or row.code_digest is None or row.code_until is None:
            return "over"
        if row.code_until < now() or row.code_tries >= TRIES:
            return "over"
        row.code_tries += 1
        if not hmac.compare_digest(row.code_digest, self._digest(row.id, contact, code)):
            return "wrong"
        row.code_digest = row.code_until = None
        return "right"

    async def prove(
        self, session: AsyncSession, contact: NamedContact, *, offered: bool = False
    ) -> None:
        """Record that the contact is proven as its holder's. `offered`: the report may be offered
        to an account that has proven the same contact."""
        row = await self.row_of(session, contact, lock=True)
        assert row is not None
        row.proven_at, row.undeliverable_at = now(), None
        row.proof = proof_digest(self._index, contact.holder, contact.channel, contact.value)
        row.offered = self.of_accounts(contact.channel, contact.value) if offered else None
        of_report = contact.holder == holder_of_report(contact.number)
        choice = await first_choice(session, contact.number) if of_report else OF_ACCOUNT
        chosen = {"holder": contact.holder, "unsubscribe_token": uuid4(), **asdict(choice)}
        await session.execute(insert(Preference).values(**chosen).on_conflict_do_nothing())

    def is_proven(self, row: Contact | None, contact: NamedContact) -> bool:
        """Whether exactly this contact was proven at any time."""
        digest = proof_digest(self._index, contact.holder, contact.channel, contact.value)
        return row is not None and row.proven_at is not None and row.proof == digest

    async def is_proven_now(
        self, session: AsyncSession, row: Contact | None, contact: NamedContact
    ) -> bool:
        """Whether the proof is recent enough to be accepted and messages can be delivered there."""
        if row is None or row.proven_at is None or not self.is_proven(row, contact):
            return False
        lasts = await proof_lasts(session)
        return row.undeliverable_at is None and row.proven_at + lasts > now()

    def of_accounts(self, channel: Channel, value: str) -> bytes:
        """The digest of a proven contact of an account. The same contact has one digest for all
        accounts."""
        return account_digest(self._index, channel, value)

    async def row_of(
        self, session: AsyncSession, contact: NamedContact, *, lock: bool = False
    ) -> Contact | None:
        of_contact = (
            col(Contact.holder) == contact.holder,
            col(Contact.channel) == contact.channel,
        )
        statement = select(Contact).where(*of_contact)
        return await session.scalar(statement.with_for_update() if lock else statement)

    def _digest(self, contact_id: UUID, contact: NamedContact, code: str) -> bytes:
        """The digest of the code for this contact. A code that was sent elsewhere proves nothing
        here."""
        return self._index.other(f"code of {contact_id}", f"{code} {contact.value}")
