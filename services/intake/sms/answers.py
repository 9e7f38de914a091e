"""What was answered to messages about reports: a gateway that asks again gets the same."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.models import SmsAnswer
from shared.clock import now
from shared.http.problems import conflict
from shared.privacy.identity import IdentityCipher


class Answers:
    """The table of answers, within the caller's transaction."""

    def __init__(self, session: AsyncSession, cipher: IdentityCipher) -> None:
        self._session, self._cipher = session, cipher

    async def known(self, key: str, digest: bytes | None) -> str | None:
        """The answer to this message, if it was answered. 409 where it said something else then;
        `digest` None: that is known to be the same."""
        row = await self._session.get(SmsAnswer, key)
        if row is None:
            return None
        if digest is not None and row.digest != digest:
            raise conflict("sms_id_reused")
        return self._cipher.decrypt(row.answer)

    async def keep(self, key: str, digest: bytes, answer: str) -> None:
        sealed = self._cipher.encrypt(answer)
        self._session.add(SmsAnswer(key=key, digest=digest, answer=sealed, at=now()))
        await self._session.flush()

    async def forget_old(self, before: datetime) -> None:
        await self._session.execute(delete(SmsAnswer).where(col(SmsAnswer.at) < before))
