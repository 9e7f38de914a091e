"""What the endpoints use: created once in each process and kept on the application."""

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import event, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.code_limits import CodeLimits
from services.notification.contacts.codes import Codes
from shared.database.lifecycle import Report
from shared.http.limits import RateLimits
from shared.privacy.identity import BlindIndex, IdentityCipher


@dataclass(frozen=True)
class Resources:
    cipher: IdentityCipher
    codes: Codes
    limits: CodeLimits
    rate_limits: RateLimits
    index: BlindIndex
    written: asyncio.Event
    """Set after a row was written that is to be sent at once."""

    def send_after(self, session: AsyncSession) -> None:
        """Send the messages that this transaction wrote as soon as it is committed."""
        event.listen(session.sync_session, "after_commit", lambda _: self.written.set(), once=True)

    async def is_discreet(self, session: AsyncSession, number: int) -> bool:
        """Whether the report is anonymous or secret."""
        flags = or_(col(Report.anonymous), col(Report.secret))
        return bool(await session.scalar(select(flags).where(col(Report.number) == number)))


async def resources(request: Request) -> Resources:
    kept: Resources = request.app.state.resources
    return kept


Notification = Annotated[Resources, Depends(resources)]
