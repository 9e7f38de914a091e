"""New contacts for an account or a report are proven by codes that are sent there."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.contacts.code_limits import BY_ACCOUNT, BY_REPORT, OWN_GUESSES
from services.notification.contacts.codes import NamedContact
from services.notification.contacts.named_contacts import typed_contact
from services.notification.contacts.own_contacts import check_own
from services.notification.contacts.reporters import holder_of_account, holder_of_report
from services.notification.contacts.resources import Notification, Resources
from services.notification.models import AccountProof
from services.notification.proofs.kept import keep_by_token
from services.notification.proofs.of_accounts import account_of
from services.notification.proofs.of_reports import (
    CodeForm,
    digits,
    proof_refused,
    send_within_limits,
)
from services.notification.proven import proof_digest
from shared.database.engine import Database
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.limits import rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, validation
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.text import EMAIL_LIMIT
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])


class ContactForm(Form):
    contact: str = Field(
        max_length=EMAIL_LIMIT, repr=False, description="A phone number or an e-mail address"
    )


class ContactCodeForm(ContactForm, CodeForm):
    pass


class ContactShown(BaseModel):
    """Valid for ten minutes: intake uses it to set the contact of the account or the report."""

    proof_token: str = Field(repr=False)


@router.post(
    "/reporters/me/new-contact/code",
    status_code=202,
    response_class=Response,
    responses=problem_responses(401, 403, 429),
)
async def send_new_contact_code(
    form: ContactForm,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
    request: Request,
) -> Response:
    """Send a code to a new contact for the account. 422: it is neither a phone number nor an e-mail
    address."""
    contact = _new(holder_of_account(account_of(reporter)), form)
    await rate_limits(request).take(BY_ACCOUNT, contact.holder)
    await send_within_limits(session, notification, request, contact)
    return Response(status_code=202)


@router.post(
    "/reports/{number}/new-contact/code",
    status_code=202,
    response_class=Response,
    responses=problem_responses(401, 403, 404, 429),
)
async def send_report_contact_code(
    number: ReportNumber,
    form: ContactForm,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
    request: Request,
) -> Response:
    """Send a code to a new contact for one's own report. 422: it is neither a phone number nor an
    e-mail address."""
    await check_own(session, reporter, number)
    contact = _new(holder_of_report(number), form)
    await rate_limits(request).take(BY_REPORT, contact.holder)
    await send_within_limits(session, notification, request, contact)
    return Response(status_code=202)


@router.post("/reporters/me/new-contact/proof", responses=problem_responses(401, 403, 429))
async def prove_new_contact(
    form: ContactCodeForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    notification: Notification,
    request: Request,
) -> ContactShown:
    """Prove the new contact with the code. 422: the code is wrong or has expired."""
    account_id = account_of(reporter)
    await rate_limits(request).take(OWN_GUESSES, f"account {account_id}")
    holder = holder_of_account(account_id)
    return await _shown(database, notification, holder, form, account_id=account_id)


@router.post("/reports/{number}/new-contact/proof", responses=problem_responses(401, 403, 404, 429))
async def prove_report_contact(
    number: ReportNumber,
    form: ContactCodeForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    notification: Notification,
    request: Request,
) -> ContactShown:
    """Prove the new contact with the code. 422: the code is wrong or has expired."""
    async with database.session() as session:
        await check_own(session, reporter, number)
    await rate_limits(request).take(OWN_GUESSES, str(number))
    return await _shown(database, notification, holder_of_report(number), form, number=number)


async def _shown(
    database: Database,
    notification: Resources,
    holder: str,
    form: ContactCodeForm,
    *,
    account_id: int | None = None,
    number: int | None = None,
) -> ContactShown:
    contact = _new(holder, form)
    token = None
    async with database.session() as session:
        outcome = await notification.codes.show(session, contact, digits(form.code))
        if outcome == "right":
            token = await _keep(session, notification, holder, contact, account_id, number)
        # A wrong try counts, so it is committed before it is refused.
    if token is None:
        raise proof_refused(outcome)
    return ContactShown(proof_token=token)


async def _keep(
    session: AsyncSession,
    notification: Resources,
    holder: str,
    contact: NamedContact,
    account_id: int | None,
    number: int | None,
) -> str:
    return await keep_by_token(
        session,
        AccountProof,
        account_id=account_id,
        number=number,
        purpose="contact",
        channel=contact.channel,
        contact=notification.cipher.encrypt(contact.value),
        digest=proof_digest(notification.index, holder, contact.channel, contact.value),
    )


def _new(holder: str, form: ContactForm) -> NamedContact:
    channel, value = typed_contact(form.contact)
    if not value:
        raise validation(FieldError("contact", "email_invalid"))
    # It has its own codes, separate from those of the present contact, and its messages do not say
    # which report they are about.
    return NamedContact(0, 0, f"new-{holder}", channel, value)
