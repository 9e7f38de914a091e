"""What reporters chose with their report (*Aman dihubungi di sini?*), until they choose anew."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.database.lifecycle import Report
from shared.database.views import ReachableReporter


@dataclass(frozen=True)
class FirstChoice:
    """As in `Preference`: without a yes nothing is sent to that contact but codes. `sms` None: yes,
    but a phone that is safe for a report with a name was not chosen for a secret one."""

    email: bool = True
    sms: bool | None = None


OF_ACCOUNT = FirstChoice()
"""Contacts of an account are asked about on its own pages."""


async def first_choice(session: AsyncSession, number: int) -> FirstChoice:
    """Of the contacts that the report itself names."""
    flags = col(Report.anonymous), col(Report.secret)
    answers = col(ReachableReporter.email_safe), col(ReachableReporter.phone_safe)
    statement = (
        select(*answers, *flags)
        .join(Report, col(Report.number) == col(ReachableReporter.number))
        .where(col(ReachableReporter.number) == number)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return OF_ACCOUNT
    email, phone, anonymous, secret = row
    return FirstChoice(email, ((anonymous or secret) or None) if phone else False)
