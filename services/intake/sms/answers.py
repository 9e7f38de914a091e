"""Stores answers to messages about reports. A gateway that sends a message again gets the same."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.models import SmsAnswer
from services.intake.sms.about_reports import AboutReport, read_about_report
from shared.clock import now
from shared.http.problems import conflict
from shared.privacy.identity import IdentityCipher


class Answers:
    """The table of answers, used within the caller's transaction."""

    def __init__(self, session: AsyncSession, cipher: IdentityCipher) -> None:
        self._session, self._cipher = session, cipher

    async def known(self, key: str, digest: bytes | None) -> str | AboutReport | None:
        """The answer to this message, if there is one. If that had words of a report, returns what
        the message asked for. Raises 409 if the earlier message had other words; `digest` None: it
        is known to be the same."""
        row = await self._session.get(SmsAnswer, key)
        if row is None:
            return None
        if digest is not None and row.digest != digest:
            raise conflict("sms_id_reused")
        answer = self._cipher.decrypt(row.answer)
        asked = read_about_report(answer)
        return answer if asked is None else asked

    async def keep(self, key: str, digest: bytes, answer: str) -> None:
        """Store an answer. It must have no words of a report and not begin with a number."""
        sealed = self._cipher.encrypt(answer)
        self._session.add(SmsAnswer(key=key, digest=digest, answer=sealed, at=now()))
        await self._session.flush()

    async def keep_asked(self, key: str, digest: bytes, asked: AboutReport) -> None:
        """Store that words of a report were requested. They are read again for a repeat, as a copy
        would remain after the sender may no longer read them."""
        command = {"ask": f"TANYA {asked.page}", "status": "STATUS"}.get(asked.wish)
        await self.keep(key, digest, f"{asked.number} {command or f'BACA {asked.page}'}")

    async def forget_old(self, before: datetime) -> None:
        await self._session.execute(delete(SmsAnswer).where(col(SmsAnswer.at) < before))
