"""A contact that is not safe, as somebody else reads there, is removed at once, and is not told."""

from secrets import token_urlsafe

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.account_password import shown_password
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
    """Nothing goes to this contact of one's own account any more, not even a code, and it recovers
    nothing. Until another takes its place it is a name to sign in with."""
    holder = own_account(reporter)
    await shown_password(database, request, holder.account_id, form.current_password)
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
    """One's own report names this contact no more; nothing goes there, and it recovers nothing. 404
    where the report names none of its own."""
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
        # Who reads there has the link of a notice that was sent: it stops nothing any more.
        change.stop_hash = token_hash(token_urlsafe(16))
    removed = {"holder": holder.name, "channel": channel, "replaceable": now() + NOTICE}
    await session.execute(_REMOVE, removed)


_REMOVE = text("SELECT notification.remove_contact(:holder, :channel, :replaceable)")
