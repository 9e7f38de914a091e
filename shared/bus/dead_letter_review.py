"""What operators do with dead letters: list them, put them back, discard them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.bus.connection import Bus
from shared.bus.dead_letters import DeadLetter, LettersNotKept, read
from shared.clock import now
from shared.privacy.identity import IdentityCipher

KEPT_FOR: Final = timedelta(days=90)
"""How long a dead letter is kept after it was put back or discarded."""


async def unresolved(
    session: AsyncSession, *, limit: int = 100, system: str | None = None
) -> Sequence[DeadLetter]:
    """The dead letters that are not resolved yet, oldest first; of one system, if it is named."""
    of_system = true() if system is None else col(DeadLetter.system) == system
    rows = await session.execute(
        select(DeadLetter)
        .where(col(DeadLetter.resolved).is_(False), of_system)
        .order_by(col(DeadLetter.received_at), col(DeadLetter.id))
        .limit(limit)
    )
    return rows.scalars().all()


async def retry(
    session: AsyncSession, cipher: IdentityCipher, bus: Bus, letter: DeadLetter
) -> None:
    """Put the message back on its subject and mark the dead letter resolved.

    The message id gets a suffix, because the stream still knows the old one. A retry that is
    repeated because its answer was lost has the same suffix. If the message is given up again, that
    is a new dead letter.
    """
    headers, body = read(cipher, letter)
    number = letter.retries + 1
    origin = letter.msg_id or (f"{letter.system}-{letter.id}" if letter.system else str(letter.id))
    await bus.publish(letter.subject, body, msg_id=f"{origin}.retry{number}", headers=headers)
    await session.execute(
        update(DeadLetter)
        .where(col(DeadLetter.id) == letter.id)
        .values(
            retried_at=now(),
            retries=number,
            resolved=True,
            resolved_at=now(),
        )
    )


async def discard(session: AsyncSession, letter: DeadLetter, reason: str) -> None:
    """Mark a dead letter as not needed. It stays for `KEPT_FOR`, and can be put back until then."""
    await session.execute(
        update(DeadLetter)
        .where(col(DeadLetter.id) == letter.id)
        .values(resolved=True, resolved_at=now(), discarded=reason)
    )


async def forget_resolved(session: AsyncSession, limit: int = 1_000) -> int:
    """Delete at most `limit` dead letters that were resolved long ago; return how many it
    deleted."""
    before = now() - KEPT_FOR
    resolved = col(DeadLetter.resolved), col(DeadLetter.resolved_at) < before
    old = select(col(DeadLetter.id)).where(*resolved).limit(limit)
    letters = delete(DeadLetter).where(col(DeadLetter.id).in_(old))
    gone = await session.execute(letters.returning(col(DeadLetter.id)))
    counts = delete(LettersNotKept).where(col(LettersNotKept.day) < before.date())
    await session.execute(counts)
    return len(gone.all())
