"""Codes that confirm wishes which close, rate or reopen a report or stop its text messages. The
sender of a message can be forged, but the code goes to the real owner of the phone."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.models import SmsConfirmation
from services.intake.sms.about_reports import AboutReport
from shared.clock import now
from shared.privacy.identity import BlindIndex

LASTS: Final = timedelta(minutes=10)
DIGITS: Final = 5
"""Digits of a code: one more than the tries require, since one guess is compared with each waiting
code."""
TRIES: Final = 3
"""After this many wrong codes, no waiting code of the report is accepted any more."""

_Wish = Literal["satisfied", "rate", "object", "stop"]
_WISHES: Final[dict[str, _Wish]] = {wish: wish for wish in get_args(_Wish)}


@dataclass(frozen=True)
class Confirmed:
    """The wish that was confirmed."""

    wish: _Wish
    rating: int | None
    solved: bool | None
    reason: str | None


class Confirmations:
    """Waiting confirmations, one for each wish about a report. Used within the caller's
    transaction. Only a keyed digest of the code is stored."""

    def __init__(self, session: AsyncSession, index: BlindIndex) -> None:
        self._session, self._index = session, index

    async def ask(self, about: AboutReport, sender: str) -> str:
        """A new code for what this sender wants. An earlier code for the same wish is no longer
        valid; codes for other wishes stay valid."""
        others = {
            row.code_digest for row in await self._rows(about.number) if row.wish != about.wish
        }
        code = self._code()
        while self._digest(about.number, code) in others:
            code = self._code()
        values = {
            "sender_index": self._index.phone(sender),
            "rating": about.rating,
            "solved": about.solved,
            "reason": about.reason,
            "code_digest": self._digest(about.number, code),
            "tries": 0,
            "until": now() + LASTS,
        }
        asked = insert(SmsConfirmation).values(number=about.number, wish=about.wish, **values)
        await self._session.execute(
            asked.on_conflict_do_update(index_elements=["number", "wish"], set_=values)
        )
        return code

    async def shown(self, about: AboutReport, sender: str) -> Confirmed | None:
        """What the code confirms. None: it is not a code of this sender, has expired, or too many
        codes of this report were wrong. A wrong code counts for all waiting wishes, so that several
        wishes allow no more tries than one."""
        of_sender, at = self._index.phone(sender), now()
        waiting = [
            row
            for row in await self._rows(about.number)
            if row.sender_index == of_sender and row.until >= at and row.tries < TRIES
        ]
        digest = self._digest(about.number, about.code)
        for row in waiting:
            if hmac.compare_digest(row.code_digest, digest):
                return Confirmed(_WISHES[row.wish], row.rating, row.solved, row.reason)
        for row in waiting:
            row.tries += 1
        return None

    async def use_up(self, about: AboutReport, sender: str) -> None:
        """Delete the confirmation, so that its code cannot be used again."""
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

    async def _rows(self, number: int) -> Sequence[SmsConfirmation]:
        """Read and lock the rows in one order."""
        of_report = select(SmsConfirmation).where(col(SmsConfirmation.number) == number)
        locked = of_report.order_by(col(SmsConfirmation.wish)).with_for_update()
        return (await self._session.scalars(locked)).all()

    @staticmethod
    def _code() -> str:
        return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"

    def _digest(self, number: int, code: str) -> bytes:
        return self._index.other(f"sms confirmation of {number}", code)
