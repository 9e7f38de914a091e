"""Replaces the contact of an account or a report, at once or when the notice period is over."""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.intake.account_entry import Entry, keep_entries
from services.intake.contact_holders import (
    Channel,
    ContactHolder,
    holder_of_change,
    keep_token,
    token_of,
)
from services.intake.models import AccountEntry, ContactChange, ReporterAccount, Submission
from services.intake.resources import Resources
from shared.clock import now
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.http.problems import Problem
from shared.privacy.holder_keys import HolderCipher
from shared.resilience.periodic import by_itself

NOTICE = timedelta(days=7)
APPLY_EVERY = 60.0
LOOK_AGAIN = timedelta(hours=1)
"""How soon to look again whether a notice was sent."""


async def apply(session: AsyncSession, intake: Resources, change: ContactChange) -> None:
    """Set the new contact of the holder. Raises the 422 problem if this contact and the password
    open another account."""
    holder = holder_of_change(change)
    row = await holder.row(session)
    wants: tuple[bool, bool | None] = (True, None)
    if isinstance(row, ReporterAccount):
        await _enter_by(session, intake, row, change)
    keep_token(row, channel_of(change), change.contact)
    if isinstance(row, Submission):
        wants = await _choose_safe(session, row, change)
    await session.flush()
    changed = _of(holder, change.channel) | {"digest": change.digest, "at": change.asked_at}
    changed |= {"wants_email": wants[0], "wants_sms": wants[1]}
    await session.execute(_CHANGED, changed)
    await session.delete(change)


async def apply_due(database: Database, intake: Resources) -> None:
    """Apply the changes whose notice period is over, each separately."""
    due = select(col(ContactChange.id)).where(col(ContactChange.takes_effect_at) <= now())
    async with database.session() as session:
        ids = list(await session.scalars(due.order_by(col(ContactChange.takes_effect_at))))
    for id in ids:
        await by_itself("replacing contacts", id, _apply_if_notified(database, intake, id))


def channel_of(change: ContactChange) -> Channel:
    return "email" if change.channel == "email" else "sms"


def key_of_notice(change: ContactChange) -> str:
    """The key of the message with the notice."""
    return f"contact_change.{change.id}"


async def _enter_by(
    session: AsyncSession, intake: Resources, account: ReporterAccount, change: ContactChange
) -> None:
    """Let the new contact open the account instead of the old one."""
    assert account.id is not None and change.entry is not None and change.password_hash is not None
    if former := token_of(account, channel_of(change)):
        index = intake.index.phone if change.channel == "sms" else intake.index.email
        entry = index(HolderCipher(intake.cipher, account.holder_key).decrypt(former))
        of_account = col(AccountEntry.reporter_id) == account.id
        gone = delete(AccountEntry).where(of_account, col(AccountEntry.contact) == entry)
        await session.execute(gone)
    entry_now = Entry(contact=change.entry, password_hash=change.password_hash)
    await keep_entries(session, account.id, [entry_now])


async def _choose_safe(
    session: AsyncSession, submission: Submission, change: ContactChange
) -> tuple[bool, bool | None]:
    """The choices for mail and text messages after the report's contact changed. A phone that is
    safe for a named report was not chosen for a secret one."""
    if change.channel == "email":
        submission.email_safe, submission.email_stated = change.safe, False
    else:
        submission.phone_safe, submission.phone_stated = change.safe, False
    flags = or_(col(Report.anonymous), col(Report.secret))
    discreet = await session.scalar(select(flags).where(col(Report.number) == submission.number))
    return submission.email_safe, (discreet or None) if submission.phone_safe else False


async def _apply_if_notified(database: Database, intake: Resources, id: UUID) -> None:
    """Replace the contact if its notice was sent seven days ago; otherwise put it off."""
    try:
        async with database.session() as session:
            asked = await session.get(ContactChange, id)
            if asked is None:
                return
            await holder_of_change(asked).row(session)
            change = await session.get(ContactChange, id, populate_existing=True)
            if change is None:
                return
            change.takes_effect_at = await _due_at(session, change)
            if change.takes_effect_at <= now():
                await apply(session, intake, change)
    except Problem as problem:  # another account with this contact has the same password now
        _log.warning("contact not changed", extra={"fields": {"code": problem.code}})
        async with database.session() as session:
            await session.execute(delete(ContactChange).where(col(ContactChange.id) == id))


async def _due_at(session: AsyncSession, change: ContactChange) -> datetime:
    """When the change takes effect: seven days after the notice was sent. If nobody can receive it,
    or the report's choices do not allow it, on the day already set. If it was not sent yet:
    later."""
    notice = (await session.execute(_NOTICE, {"key": key_of_notice(change)})).one_or_none()
    if notice is None or notice.nobody_there:
        return change.takes_effect_at
    if change.number is not None and notice.state == "skipped":
        return change.takes_effect_at
    if notice.state == "sent":
        sent_at: datetime = notice.finished_at
        return max(change.takes_effect_at, sent_at + NOTICE)
    return now() + LOOK_AGAIN


def _of(holder: ContactHolder, channel: str) -> dict[str, Any]:
    return {"holder": holder.name, "channel": channel}


_log = logging.getLogger("lapor.intake")
_NOTICE = text("SELECT * FROM notification.notice_of(:key)")
_CHANGED = text(
    "SELECT notification.change_contact(:holder, :channel, CAST(:digest AS bytea), :at,"
    " :wants_email, CAST(:wants_sms AS boolean))"
)
