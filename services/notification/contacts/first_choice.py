"""What reporters chose in the report form (*Aman dihubungi di sini?*). It is valid until they
choose again."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from shared.database.lifecycle import Report
from shared.database.views import ReachableReporter


@dataclass(frozen=True)
class FirstChoice:
    """The choices, as in `Preference`. A contact that was not declared safe gets only codes. `sms`
    None: text messages are allowed, but a phone declared safe for a named report was not chosen for
    a secret one."""

    email: bool = True
    sms: bool | None = None


OF_ACCOUNT = FirstChoice()
"""Owners of an account choose for its contacts on the account's own pages."""


async def first_choice(session: AsyncSession, number: int) -> FirstChoice:
    """The first choice for the contacts that the report itself names."""
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
