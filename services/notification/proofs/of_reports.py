"""Reporters prove the contacts that their reports name."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.contacts.code_limits import BY_REPORT, OWN_GUESSES
from services.notification.contacts.codes import NamedContact
from services.notification.contacts.named_contacts import named_contacts
from services.notification.contacts.own_contacts import OwnContacts, check_own, own_contacts
from services.notification.contacts.reporters import holder_of_report
from services.notification.contacts.resources import Notification, Resources
from services.notification.events.message_rows import tell_newest
from services.notification.messages.texts import CodePurpose
from services.notification.models import Channel
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.limits import rate_limits
from shared.http.paths import ReportNumber
from shared.http.problems import FieldError, Problem, not_found, too_many, validation
from shared.http.tokens import ReportBearer
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])

CodeText = Annotated[str, Field(max_length=20, description="Six digits")]


class CodeForm(Form):
    code: CodeText = Field(repr=False)


@router.get("/reports/{number}/contacts", responses=problem_responses(401, 403, 404))
async def read_own_contacts(
    number: ReportNumber,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
) -> OwnContacts:
    """Read the contacts of one's own report, the state of their proof and the choices."""
    await check_own(session, reporter, number)
    return await own_contacts(session, notification, number)


@router.post(
    "/reports/{number}/contacts/{channel}/code",
    status_code=202,
    response_class=Response,
    responses=problem_responses(401, 403, 404, 429),
)
async def send_code(
    number: ReportNumber,
    channel: Channel,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
    request: Request,
) -> Response:
    """Send a code to a contact of one's own report. It is valid for ten minutes and five tries."""
    await check_own(session, reporter, number)
    contact = await _named(session, notification, number, channel)
    await rate_limits(request).take(BY_REPORT, str(number))
    by_sms = isinstance(reporter, ReportBearer) and reporter.by_sms
    purpose: CodePurpose = "by_sms" if by_sms else "contact"
    await send_within_limits(session, notification, request, contact, purpose)
    return Response(status_code=202)


@router.post(
    "/reports/{number}/contacts/{channel}/proof",
    responses=problem_responses(401, 403, 404, 429),
)
async def prove_contact(
    number: ReportNumber,
    channel: Channel,
    form: CodeForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    notification: Notification,
    request: Request,
) -> OwnContacts:
    """Prove the contact with the code. 422: the code is wrong or has expired. Tries are counted for
    each report, which only its reporter can open, so strangers at the same address cannot use them
    up."""
    async with database.session() as session:
        await check_own(session, reporter, number)
        await rate_limits(request).take(OWN_GUESSES, str(number))
        contact = await _named(session, notification, number, channel)
        outcome = await notification.codes.show(session, contact, digits(form.code))
        if outcome == "right":
            own = contact.holder == holder_of_report(number)
            offered = own and not await notification.is_discreet(session, number)
            await notification.codes.prove(session, contact, offered=offered)
            await tell_newest(session, number)
            notification.send_after(session)
        # A wrong try counts, so it is committed before it is refused.
    if outcome != "right":
        raise proof_refused(outcome)
    async with database.session() as session:
        return await own_contacts(session, notification, number)


async def send_within_limits(
    session: AsyncSession,
    notification: Resources,
    request: Request,
    contact: NamedContact,
    purpose: CodePurpose = "contact_of_account",
) -> None:
    """Send a code to one of the caller's contacts. Raises 404 if the contact was removed, and 429
    if it, or the whole system, has received too many codes."""
    row = await notification.codes.row_of(session, contact)
    if row is not None and row.removed_at is not None:
        raise not_found()
    proven = notification.codes.is_proven(row, contact)
    wait = await notification.limits.wait(
        contact.value, contact.channel, contact.holder, proven=proven
    )
    if wait is not None:
        raise too_many(wait)
    language = pick_language(request.headers.get("accept-language"))
    await notification.codes.send(session, contact, language, purpose)
    notification.send_after(session)


def proof_refused(outcome: str) -> Problem:
    """The error for a code that is `wrong`, expired or tried too often."""
    return validation(FieldError("code", "code_wrong" if outcome == "wrong" else "code_over"))


def digits(code: str) -> str:
    """The digits of what was typed, without spaces and dashes."""
    return "".join(character for character in code if character.isdigit())


async def _named(
    session: AsyncSession, notification: Notification, number: int, channel: Channel
) -> NamedContact:
    for contact in await named_contacts(session, notification.cipher, number):
        if contact.channel == channel:
            return contact
    raise not_found()
