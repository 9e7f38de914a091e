"""Owners of accounts prove their contacts."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.contacts.code_limits import BY_ACCOUNT, OWN_GUESSES
from services.notification.contacts.codes import NamedContact
from services.notification.contacts.named_contacts import contacts_of_account
from services.notification.contacts.own_contacts import OwnContact, own_contact
from services.notification.contacts.reporters import holder_of_account
from services.notification.contacts.resources import Notification, Resources
from services.notification.models import Channel, Contact
from services.notification.proofs.of_reports import (
    CodeForm,
    digits,
    proof_refused,
    send_within_limits,
)
from services.notification.proven import proof_lasts
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.limits import rate_limits
from shared.http.problems import forbidden, not_found
from shared.http.tokens import Reporter, ReporterPrincipal
from shared.http.transaction import CurrentDatabase, Transaction

router = APIRouter(tags=["Reporters"])


class AccountContacts(BaseModel):
    """The contacts of an account. An unproven one can only be used to sign in."""

    contacts: list[OwnContact]


@router.get("/reporters/me/contacts", responses=problem_responses(401, 403))
async def read_account_contacts(
    reporter: CurrentReporter, session: Transaction, notification: Notification
) -> AccountContacts:
    """Read the contacts of one's own account and the state of their proof."""
    return await _view(session, notification, account_of(reporter))


@router.post(
    "/reporters/me/contacts/{channel}/code",
    status_code=202,
    response_class=Response,
    responses=problem_responses(401, 403, 404, 429),
)
async def send_account_code(
    channel: Channel,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
    request: Request,
) -> Response:
    """Send a code to a contact of one's own account. It is valid for ten minutes and five tries."""
    contact = await _own(session, notification, account_of(reporter), channel)
    await rate_limits(request).take(BY_ACCOUNT, contact.holder)
    await send_within_limits(session, notification, request, contact)
    return Response(status_code=202)


@router.post(
    "/reporters/me/contacts/{channel}/proof", responses=problem_responses(401, 403, 404, 429)
)
async def prove_account_contact(
    channel: Channel,
    form: CodeForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    notification: Notification,
    request: Request,
) -> AccountContacts:
    """Prove the contact with the code. 422: the code is wrong or has expired."""
    account_id = account_of(reporter)
    await rate_limits(request).take(OWN_GUESSES, f"account {account_id}")
    async with database.session() as session:
        contact = await _own(session, notification, account_id, channel)
        outcome = await notification.codes.show(session, contact, digits(form.code))
        if outcome == "right":
            await notification.codes.prove(session, contact)
        # A wrong try counts, so it is committed before it is refused.
    if outcome != "right":
        raise proof_refused(outcome)
    async with database.session() as session:
        return await _view(session, notification, account_id)


def account_of(reporter: ReporterPrincipal) -> int:
    """The id of the reporter's account. Raises 403 if there is none."""
    if not isinstance(reporter, Reporter):
        raise forbidden()
    return reporter.account_id


async def _own(
    session: AsyncSession, notification: Resources, account_id: int, channel: Channel
) -> NamedContact:
    for contact in await contacts_of_account(session, notification.cipher, account_id):
        if contact.channel == channel:
            return contact
    raise not_found()


async def _view(session: AsyncSession, notification: Resources, account_id: int) -> AccountContacts:
    of_account = col(Contact.holder) == holder_of_account(account_id)
    rows = {row.channel: row for row in await session.scalars(select(Contact).where(of_account))}
    lasts = await proof_lasts(session)
    return AccountContacts(
        contacts=[
            own_contact(notification, contact, rows.get(contact.channel), lasts)
            for contact in await contacts_of_account(session, notification.cipher, account_id)
        ]
    )
