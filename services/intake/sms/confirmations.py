"""Codes that confirm what closes, rates or reopens a report, or stops its text messages: a sender
can be made up, and the code comes back to whose phone it is."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.models import SmsConfirmation
from services.intake.sms.about_reports import AboutReport
from shared.clock import now
from shared.privacy.identity import BlindIndex

LASTS: Final = timedelta(minutes=10)
TRIES: Final = 3


_Wish = Literal["satisfied", "rate", "object", "stop"]
_WISHES: Final[dict[str, _Wish]] = {wish: wish for wish in get_args(_Wish)}


@dataclass(frozen=True)
class Confirmed:
    """What was to be confirmed."""

    wish: _Wish
    rating: int | None
    solved: bool | None
    reason: str | None


class Confirmations:
    """One a report waits at most, within the caller's transaction; of the code a keyed digest."""

    def __init__(self, session: AsyncSession, index: BlindIndex) -> None:
        self._session, self._index = session, index

    async def ask(self, about: AboutReport, sender: str) -> str:
        """A code for what this sender wants; one that was asked for before is worth nothing."""
        code = f"{secrets.randbelow(10**4):04d}"
        values = {
            "sender_index": self._index.phone(sender),
            "wish": about.wish,
            "rating": about.rating,
            "solved": about.solved,
            "reason": about.reason,
            "code_digest": self._digest(about.number, code),
            "tries": 0,
            "until": now() + LASTS,
        }
        asked = insert(SmsConfirmation).values(number=about.number, **values)
        await self._session.execute(
            asked.on_conflict_do_update(index_elements=["number"], set_=values)
        )
        return code

    async def shown(self, about: AboutReport, sender: str) -> Confirmed | None:
        """What the code confirms; None where it is none of this sender's, has run out, or was shown
        wrongly too often."""
        row = await self._session.get(SmsConfirmation, about.number, with_for_update=True)
        if row is None or row.sender_index != self._index.phone(sender):
            return None
        if row.until < now() or row.tries >= TRIES:
            return None
        if not hmac.compare_digest(row.code_digest, self._digest(about.number, about.code)):
            row.tries += 1
            return None
        return Confirmed(_WISHES[row.wish], row.rating, row.solved, row.reason)

    async def use_up(self, about: AboutReport, sender: str) -> None:
        """The code has confirmed what it was for, and confirms nothing more."""
        confirmed = (
            col(SmsConfirmation.number) == about.number,
            col(SmsConfirmation.sender_index) == self._index.phone(sender),
            col(SmsConfirmation.code_digest) == self._digest(about.number, about.code),
        )
        await self._session.execute(delete(SmsConfirmation).where(*confirmed))

    async def forget_old(self) -> None:
        await self._session.execute(
            delete(SmsConfirmation).where(col(SmsConfirmation.until) < now())
        )

    def _digest(self, number: int, code: str) -> bytes:
        return self._index.other(f"sms confirmation of {number}", code)
