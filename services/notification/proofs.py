"""Reporters prove the contacts they have named, and choose what they are told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.notification.catching_up import tell_newest
from services.notification.channel_choice import PROOF_LASTS, wish_for_sms
from services.notification.code_limits import BY_REPORT, GUESSES
from services.notification.codes import NamedContact
from services.notification.message_table import MessageKind
from services.notification.models import Channel, Contact, Preference
from services.notification.named_contacts import named_contacts, shown
from services.notification.resources import Notification
from shared.clock import now
from shared.command_requests.report_access import owns
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.language import pick_language
from shared.http.limits import Limit, limited, rate_limits
from shared.http.problems import FieldError, forbidden, not_found, too_many, validation
from shared.http.tokens import Partner, ReporterPrincipal
from shared.http.transaction import CurrentDatabase, Transaction
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])

UNSUBSCRIBING = Limit("unsubscribing", 60, 600)

ContactState = Literal["unproven", "proven", "lapsed", "undeliverable"]
Number = Annotated[int, Path(gt=0, lt=2**63)]
CodeText = Annotated[str, Field(max_length=20, description="Six digits")]


class OwnContact(BaseModel):
    """A contact that the reporter has named; only a proven one is told of the report."""

    channel: Channel
    shown: str = Field(description="As its owner knows it again")
    state: ContactState
    proven_until: datetime | None


class OwnContacts(BaseModel):
    """What the reporter of a report has named and chosen."""

    contacts: list[OwnContact]
    discreet: bool = Field(description="Anonymous or secret: text messages have to be chosen")
    stopped: bool = Field(description="Nothing is sent at all")
    email: bool
    sms: bool = Field(description="Whether text messages are sent")
    muted: list[MessageKind]


class CodeForm(Form):
    code: CodeText = Field(repr=False)


class PreferenceForm(Form):
    """All that may be chosen; `stopped` is *Jangan hubungi saya*."""

    stopped: bool
    email: bool
    sms: bool
    muted: list[MessageKind] = Field(max_length=len(MessageKind))


class UnsubscribeForm(Form):
    token: UUID


@router.get("/reports/{number}/contacts", responses=problem_responses(401, 403, 404))
async def read_own_contacts(
    number: Number, reporter: CurrentReporter, session: Transaction, notification: Notification
) -> OwnContacts:
    """The contacts of one's own report, how far they are proven, and what is chosen."""
    await _own(session, reporter, number)
    return await _view(session, notification, number)


@router.post(
    "/reports/{number}/contacts/{channel}/code",
    status_code=202,
    response_class=Response,
    responses=problem_responses(401, 403, 404, 429),
)
async def send_code(
    number: Number,
    channel: Channel,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
    request: Request,
) -> Response:
    """Send a code to a contact of one's own report. It is good for ten minutes and five tries."""
    await _own(session, reporter, number)
    contact = await _named(session, notification, number, channel)
    limits = rate_limits(request)
    await limits.take(BY_REPORT, str(number))
    row = await notification.codes.row_of(session, contact)
    proven = notification.codes.is_proven(row, contact)
    wait = await notification.limits.wait(contact.value, channel, contact.holder, proven=proven)
    if wait is not None:
        raise too_many(wait)
    language = pick_language(request.headers.get("accept-language"))
    await notification.codes.send(session, contact, language)
    notification.send_after(session)
    return Response(status_code=202)


@router.post(
    "/reports/{number}/contacts/{channel}/proof",
    responses=problem_responses(401, 403, 404, 429),
    dependencies=[Depends(limited(GUESSES))],
)
async def prove_contact(
    number: Number,
    channel: Channel,
    form: CodeForm,
    reporter: CurrentReporter,
    database: CurrentDatabase,
    notification: Notification,
) -> OwnContacts:
    """Show the code that was sent. 422: it is not the one, or has run out."""
    async with database.session() as session:
        await _own(session, reporter, number)
        contact = await _named(session, notification, number, channel)
        outcome = await notification.codes.show(session, contact, digits(form.code))
        if outcome == "right":
            await notification.codes.prove(session, contact)
            await tell_newest(session, number)
            notification.send_after(session)
        # A wrong try counts, so it is committed before it is refused.
    if outcome != "right":
        raise validation(FieldError("code", "code_wrong" if outcome == "wrong" else "code_over"))
    async with database.session() as session:
        return await _view(session, notification, number)


@router.put("/reports/{number}/preferences", responses=problem_responses(401, 403, 404))
async def choose_messages(
    number: Number,
    form: PreferenceForm,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
) -> OwnContacts:
    """Choose what is told, and how. Of an account it is chosen for all of its reports."""
    await _own(session, reporter, number)
    contacts = await named_contacts(session, notification.cipher, number)
    values = {
        "stopped_at": now() if form.stopped else None,
        "email": form.email,
        "muted": sorted(kind.value for kind in form.muted),
    }
    discreet = await notification.is_discreet(session, number)
    for holder in sorted({contact.holder for contact in contacts}):
        of_holder = col(Preference.holder) == holder
        before = await session.scalar(select(col(Preference.sms)).where(of_holder))
        values["sms"] = wish_for_sms(form.sms, before, discreet=discreet)
        chosen = insert(Preference).values(holder=holder, unsubscribe_token=uuid4(), **values)
        await session.execute(chosen.on_conflict_do_update(index_elements=["holder"], set_=values))
    return await _view(session, notification, number)


@router.post(
    "/unsubscribe",
    status_code=204,
    responses=problem_responses(429),
    dependencies=[Depends(limited(UNSUBSCRIBING))],
)
async def unsubscribe(form: UnsubscribeForm, session: Transaction) -> None:
    """*Jangan hubungi saya*, by the token of a mail's link: nothing is sent to that holder any
    more. The same answer for a token that is nobody's."""
    of_token = col(Preference.unsubscribe_token) == form.token
    await session.execute(update(Preference).where(of_token).values(stopped_at=now()))


def digits(code: str) -> str:
    """What was typed, without spaces and dashes."""
    return "".join(character for character in code if character.isdigit())


async def _own(session: AsyncSession, reporter: ReporterPrincipal, number: int) -> None:
    """404 for a report that is not the reporter's, 403 for partner systems."""
    if isinstance(reporter, Partner):
        raise forbidden()
    if not await owns(session, reporter, number):
        raise not_found("report_not_found")


async def _named(
    session: AsyncSession, notification: Notification, number: int, channel: Channel
) -> NamedContact:
    for contact in await named_contacts(session, notification.cipher, number):
        if contact.channel == channel:
            return contact
    raise not_found()


async def _view(session: AsyncSession, notification: Notification, number: int) -> OwnContacts:
    contacts = await named_contacts(session, notification.cipher, number)
    holders = {contact.holder for contact in contacts}
    rows = await session.scalars(select(Contact).where(col(Contact.holder).in_(holders)))
    known = {(row.holder, row.channel): row for row in rows}
    chosen = await session.scalars(select(Preference).where(col(Preference.holder).in_(holders)))
    wishes: Sequence[Preference] = chosen.all()
    discreet = await notification.is_discreet(session, number)
    sms = [wish.sms for wish in wishes if wish.sms is not None]
    return OwnContacts(
        contacts=[
            _shown(notification, contact, known.get((contact.holder, contact.channel)))
            for contact in contacts
        ],
        discreet=discreet,
        stopped=any(wish.stopped_at is not None for wish in wishes),
        email=all(wish.email for wish in wishes),
        sms=all(sms) if sms else not discreet,
        muted=sorted({MessageKind(kind) for wish in wishes for kind in wish.muted}),
    )


def _shown(notification: Notification, contact: NamedContact, row: Contact | None) -> OwnContact:
    state: ContactState = "unproven"
    until = None
    if row is not None and row.undeliverable_at is not None:
        state = "undeliverable"
    elif row is not None and notification.codes.is_proven(row, contact):
        assert row.proven_at is not None
        until = row.proven_at + PROOF_LASTS
        state = "proven" if until > now() else "lapsed"
    return OwnContact(
        channel=contact.channel,
        shown=shown(contact.channel, contact.value),
        state=state,
        proven_until=until,
    )
