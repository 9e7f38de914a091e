"""Removes an unsafe contact at once, because somebody else reads its messages. No notice is sent
there."""

from secrets import token_urlsafe

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.account_password import check_current_password
from services.intake.contact_holders import (
    Channel,
    ContactHolder,
    keep_token,
    own_account,
    own_report,
    token_of,
)
from services.intake.models import ContactChange, Submission
from services.intake.replacing_contacts import NOTICE
from shared.clock import now
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.secret_tokens import token_hash
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.text import PASSWORD_LIMIT
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])


class RemovalForm(Form):
    current_password: str = Field(max_length=PASSWORD_LIMIT, repr=False)


@router.post(
    "/reporters/me/contacts/{channel}/removal",
    status_code=204,
    responses=problem_responses(401, 403, 404, 422, 429),
)
async def remove_account_contact(
    channel: Channel,
    form: RemovalForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    request: Request,
) -> None:
    """Remove a contact of one's own account. Nothing is sent there any more, not even a code, and
    it cannot recover anything. It can be used to sign in until another contact replaces it."""
    holder = own_account(reporter)
    await check_current_password(database, request, holder.account_id, form.current_password)
    async with database.session() as session:
        await _remove(session, holder, channel)


@router.post(
    "/reports/{number}/contacts/{channel}/removal",
    status_code=204,
    responses=problem_responses(401, 403, 404),
)
async def remove_report_contact(
    number: ReportNumber,
    channel: Channel,
    reporter: CurrentReporter,
    session: Transaction,
) -> None:
    """Remove a contact of one's own report. Nothing is sent there any more, and it cannot recover
    anything. 404: the report has no such contact of its own."""
    await _remove(session, await own_report(session, reporter, number), channel)


async def _remove(session: AsyncSession, holder: ContactHolder, channel: Channel) -> None:
    row = await holder.row(session)
    if not token_of(row, channel):
        raise not_found()
    if isinstance(row, Submission):
        keep_token(row, channel, None)
        if channel == "email":
            row.email_safe = row.email_stated = False
        else:
            row.phone_safe = row.phone_stated = False
    for change in await session.scalars(select(ContactChange).where(holder.changes)):
        # The person who reads there has the link of an earlier notice: it no longer stops anything.
        change.stop_hash = token_hash(token_urlsafe(16))
    removed = {"holder": holder.name, "channel": channel, "replaceable": now() + NOTICE}
    await session.execute(_REMOVE, removed)


_REMOVE = text("SELECT notification.remove_contact(:holder, :channel, :replaceable)")
