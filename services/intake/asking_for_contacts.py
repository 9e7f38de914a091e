"""Requests for a new contact of an account or a report. It takes effect at once if no contact is
proven or a present one was proven just now, otherwise seven days after a notice to the present
one."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Row, delete, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.intake.account_entry import Entry
from services.intake.contact_holders import Channel, ContactHolder, NamedContact
from services.intake.models import ContactChange
from services.intake.replacing_contacts import NOTICE, apply, channel_of, key_of_notice
from services.intake.resources import Resources
from shared.clock import now
from shared.database.lifecycle import Report
from shared.http.problems import FieldError, validation
from shared.http.secret_tokens import token_hash
from shared.privacy.holder_keys import read_if_possible
from shared.privacy.identity import masked_contact

JUST_NOW = timedelta(minutes=10)
"""The lifetime of a code: somebody who proved the present contact within it still controls it."""


class NewContact(NamedTuple):
    """A proven new contact for a holder. `entry`: how it opens the account; `safe`: messages about
    a report may go there."""

    proof: Row[Any]
    value: str
    entry: Entry | None = None
    safe: bool = False


class WaitingChange(BaseModel):
    """A contact that is to become the holder's. `shown` is masked; null if it cannot be read."""

    channel: Channel
    shown: str | None
    takes_effect_at: datetime


class WaitingChanges(BaseModel):
    waiting: list[WaitingChange]


async def proof_of_token(
    session: AsyncSession, holder: ContactHolder, proof_token: str
) -> Row[Any]:
    """The proof for which notification issued the token. Raises 422 if the token has expired, was
    used, or belongs to another holder."""
    proof = (await session.execute(_PROOF_OF, _shown(proof_token))).one_or_none()
    of_holder = holder.account_id, holder.number
    if proof is None or (proof.account_id, proof.number) != of_holder:
        raise validation(FieldError("proof_token", "code_over"))
    return proof


async def begin_change(
    session: AsyncSession,
    intake: Resources,
    holder: ContactHolder,
    new: NewContact,
    proof_token: str,
    language: str,
) -> None:
    """Replace the contact at once if none is proven, or if the one to notify was proven just now.
    Otherwise notify that one and wait. If a proven contact was removed, nobody is notified, and the
    change waits until it may be replaced. Raises 422 if the token was used meanwhile."""
    cipher = await holder.cipher(session, intake)
    if not await session.scalar(_USE, _shown(proof_token)):
        raise validation(FieldError("proof_token", "code_over"))
    contacts = await holder.contacts(session, intake)
    warned = contact_to_notify(contacts, new.proof.channel)
    replaceable = max(filter(None, (each.replaceable_at for each in contacts)), default=now())
    stop = token_urlsafe(16)
    change = await _keep(session, holder, new, cipher.encrypt(new.value), stop)
    if warned is None:
        change.takes_effect_at = replaceable
    if (warned is None and replaceable <= now()) or _was_proven(warned, now() - JUST_NOW):
        await apply(session, intake, change)
    elif warned is not None:
        await _give_notice(session, intake, change, warned, stop, language)
    await session.flush()


async def apply_if_proven(
    session: AsyncSession, intake: Resources, holder: ContactHolder, channel: Channel
) -> None:
    """Apply a waiting change if the contact that was notified has been proven since."""
    this = select(ContactChange).where(*_change_of(holder, channel))
    if await session.scalar(this) is None:
        return
    contacts = await holder.contacts(session, intake)  # nobody else replaces them from here on
    change = await session.scalar(this.execution_options(populate_existing=True))
    warned = contact_to_notify(contacts, channel)
    if change is not None and _was_proven(warned, change.asked_at):
        await apply(session, intake, change)
        await session.flush()


async def drop_change(session: AsyncSession, holder: ContactHolder, channel: Channel) -> None:
    """Drop the change; the present contact stays."""
    await session.execute(delete(ContactChange).where(*_change_of(holder, channel)))


async def waiting_changes(
    session: AsyncSession, intake: Resources, holder: ContactHolder
) -> WaitingChanges:
    of_holder = select(ContactChange).where(holder.changes).order_by(col(ContactChange.channel))
    rows = (await session.scalars(of_holder)).all()
    key = await holder.key(session) if rows else None
    waiting = []
    for row in rows:
        channel = channel_of(row)
        value = read_if_possible(intake.cipher, row.contact, key)
        shown = masked_contact(channel, value) if value else None
        waiting.append(
            WaitingChange(channel=channel, shown=shown, takes_effect_at=row.takes_effect_at)
        )
    return WaitingChanges(waiting=waiting)


def contact_to_notify(contacts: list[NamedContact], channel: Channel) -> NamedContact | None:
    """The proven contact to notify before the contact of this channel changes. It is the one to be
    replaced, otherwise that of the other channel, as an added contact also opens the account or
    report. None: no contact is proven."""
    proven = [each for each in contacts if each.proven_at is not None]
    return min(proven, key=lambda each: each.channel != channel, default=None)


async def _keep(
    session: AsyncSession, holder: ContactHolder, new: NewContact, contact: bytes, stop_token: str
) -> ContactChange:
    """Store the change in place of an earlier one. `contact` is already encrypted."""
    await session.execute(delete(ContactChange).where(*_change_of(holder, new.proof.channel)))
    change = ContactChange(
        id=uuid4(),
        reporter_id=holder.account_id,
        number=holder.number,
        channel=new.proof.channel,
        contact=contact,
        safe=new.safe,
        digest=new.proof.digest,
        entry=new.entry["contact"] if new.entry else None,
        password_hash=new.entry["password_hash"] if new.entry else None,
        stop_hash=token_hash(stop_token),
        asked_at=now(),
        takes_effect_at=now() + NOTICE,
    )
    session.add(change)
    await session.flush()
    return change


async def _give_notice(
    session: AsyncSession,
    intake: Resources,
    change: ContactChange,
    warned: NamedContact,
    stop_token: str,
    language: str,
) -> None:
    """Notify the present contact in the same transaction, so that no change waits without notice.
    The reporter's choices for the report apply: nothing goes to a contact that was not declared
    safe."""
    handler = select(col(Report.handler_id)).where(col(Report.number) == change.number)
    handler_id = await session.scalar(handler) if change.number is not None else 0
    facts = {
        "at": change.takes_effect_at.isoformat(),
        "language": language,
        "handler_id": handler_id,
    }
    sealed = stop_token if change.number is not None else f"{warned.value}\n{stop_token}"
    message = {
        "key": key_of_notice(change),
        "holder": warned.holder.name,
        "channel": warned.channel,
        "number": change.number,
        "facts": orjson.dumps(facts).decode(),
        "sealed": intake.cipher.encrypt(sealed),
    }
    await session.execute(_TELL, message)


def _was_proven(contact: NamedContact | None, since: datetime) -> bool:
    return contact is not None and contact.proven_at is not None and contact.proven_at >= since


def _change_of(holder: ContactHolder, channel: str) -> tuple[ColumnElement[bool], ...]:
    return holder.changes, col(ContactChange.channel) == channel


def _shown(proof_token: str) -> dict[str, Any]:
    return {"shown": token_hash(proof_token)}


_PROOF_OF = text(
    "SELECT account_id, number, channel, contact, digest"
    " FROM notification.account_proof_of(CAST(:shown AS bytea), 'contact')"
)
_USE = text("SELECT notification.use_account_proof(CAST(:shown AS bytea))")
_TELL = text(
    "SELECT notification.tell_contact(:key, :holder, CAST(:number AS bigint), :channel,"
    " 'contact_change', CAST(:facts AS jsonb), CAST(:sealed AS bytea))"
)
