"""Offers an account the earlier reports that name a contact which the account has proven."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.codes import NamedContact
from services.notification.contacts.named_contacts import contacts_of_account, named_contacts
from services.notification.contacts.reporters import holder_of_report
from services.notification.contacts.resources import Notification, Resources
from services.notification.models import AccountProof, Contact
from services.notification.proofs.kept import keep_by_token
from services.notification.proofs.of_accounts import account_of
from services.notification.proven import proof_lasts
from shared.clock import now
from shared.database.lifecycle import Report
from shared.database.views import ReportOwner
from shared.http.auth import CurrentReporter, opens_report
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])

TAKING = Limit("earlier_report", 60, 3600)
AT_MOST = 500
"""How many reports are looked at, for all proven contacts of an account."""
AT_ONCE = 50
"""How many reports are offered at once; more are offered after some were added."""


class EarlierReports(BaseModel):
    """Reports in no account that name a contact of this account; both have proven it. Anonymous and
    secret reports are never offered: somebody else who uses the same phone must not learn of
    them."""

    numbers: list[int]


class EarlierReportForm(Form):
    report_token: Annotated[str, Field(max_length=4_000)] | None = Field(
        None, repr=False, description="Of an anonymous or secret report: what its code opened"
    )


class ReportShown(BaseModel):
    """Valid for ten minutes: intake uses it to put the report into the account."""

    proof_token: str = Field(repr=False)


@router.get("/reporters/me/earlier-reports", responses=problem_responses(401, 403))
async def read_earlier_reports(
    reporter: CurrentReporter, session: Transaction, notification: Notification
) -> EarlierReports:
    """List the reports that can be added to one's own account."""
    proven = await _proven(session, notification, account_of(reporter))
    digests = [notification.codes.of_accounts(each.channel, each.value) for each in proven]
    offered = select(col(Contact.holder)).where(
        col(Contact.offered).in_(digests),
        col(Contact.proven_at) > now() - await proof_lasts(session),
    )
    holders = await session.scalars(offered.limit(AT_MOST))
    numbers = [int(holder.removeprefix("report-")) for holder in holders]
    free = (
        select(col(Report.number))
        .join(ReportOwner, col(ReportOwner.number) == col(Report.number))
        .where(
            col(Report.number).in_(numbers),
            col(ReportOwner.reporter_id).is_(None),
            # Staff may have changed this after the contact was proven.
            ~col(Report.anonymous),
            ~col(Report.secret),
        )
        .order_by(col(Report.number).desc())
        .limit(AT_ONCE)
    )
    return EarlierReports(numbers=list(await session.scalars(free)))


@router.post(
    "/reporters/me/earlier-reports/{number}", responses=problem_responses(401, 403, 404, 429)
)
async def show_earlier_report(
    number: ReportNumber,
    form: EarlierReportForm,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
    request: Request,
) -> ReportShown:
    """Prove that a report is one's own. The answer is the same 404 if the report names another
    contact or is already in an account, or if it is anonymous or secret and its code was not
    given."""
    account_id = account_of(reporter)
    await rate_limits(request).take(TAKING, str(account_id))
    by_code = form.report_token is not None and await opens_report(
        request, form.report_token, number
    )
    owner = await session.get(ReportOwner, number)
    discreet = await notification.is_discreet(session, number)
    if owner is None or owner.reporter_id is not None or (discreet and not by_code):
        raise not_found()
    proven = {
        (each.channel, each.value) for each in await _proven(session, notification, account_id)
    }
    for contact in await named_contacts(session, notification.cipher, number):
        row = await notification.codes.row_of(session, contact)
        # Somebody with the access code could also prove the contact on the report's page.
        shown = by_code or await notification.codes.is_proven_now(session, row, contact)
        own = contact.holder == holder_of_report(number)
        if own and shown and (contact.channel, contact.value) in proven:
            token = await keep_by_token(
                session, AccountProof, account_id=account_id, purpose="report", number=number
            )
            return ReportShown(proof_token=token)
    raise not_found()


async def _proven(
    session: AsyncSession, notification: Resources, account_id: int
) -> list[NamedContact]:
    """The account's contacts with a valid proof."""
    proven = []
    for contact in await contacts_of_account(session, notification.cipher, account_id):
        row = await notification.codes.row_of(session, contact)
        if await notification.codes.is_proven_now(session, row, contact):
            proven.append(contact)
    return proven
