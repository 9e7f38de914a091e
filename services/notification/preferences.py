"""Reporters choose which messages they get and by which channel, or stop all messages."""

from dataclasses import asdict
from typing import Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.notification.contacts.first_choice import first_choice
from services.notification.contacts.named_contacts import named_contacts
from services.notification.contacts.own_contacts import (
    OwnContacts,
    are_stopped_by_sms,
    check_own,
    own_contacts,
)
from services.notification.contacts.reporters import holder_of_report
from services.notification.contacts.resources import Notification
from services.notification.events.message_rows import tell_newest
from services.notification.messages.channel_choice import sms_choice
from services.notification.messages.table import MessageKind
from services.notification.models import Preference
from shared.clock import now
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.limits import Limit, limited
from shared.http.paths import ReportNumber
from shared.http.problems import not_found
from shared.http.transaction import Transaction
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])

UNSUBSCRIBING = Limit("unsubscribing", 60, 600)


class PreferenceForm(Form):
    """All the choices. `stopped` is *Jangan hubungi saya*."""

    stopped: bool
    email: bool
    sms: bool
    muted: list[MessageKind] = Field(max_length=len(MessageKind))


class UnsubscribeForm(Form):
    token: UUID


@router.put("/reports/{number}/preferences", responses=problem_responses(401, 403, 404))
async def choose_messages(
    number: ReportNumber,
    form: PreferenceForm,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
) -> OwnContacts:
    """Choose which messages are sent, and how. Each channel is set for the holder of its contact:
    the choice for a contact of an account counts for all of its reports. Text messages that were
    stopped for this report by SMS start again only if `sms` is chosen. The latest news that was not
    sent because of an earlier choice is sent now, if the new one allows it."""
    await check_own(session, reporter, number)
    stopped_by_sms = await are_stopped_by_sms(session, number)
    if form.sms and stopped_by_sms:
        of_report = col(Preference.holder) == holder_of_report(number)
        await session.execute(update(Preference).where(of_report).values(sms_stopped_at=None))
    contacts = await named_contacts(session, notification.cipher, number)
    discreet = await notification.is_discreet(session, number)
    left_stopped = stopped_by_sms and not form.sms
    for holder in sorted({contact.holder for contact in contacts}):
        values: dict[str, Any] = {
            "stopped_at": now() if form.stopped else None,
            "muted": sorted(kind.value for kind in form.muted),
        }
        channels = {contact.channel for contact in contacts if contact.holder == holder}
        if "email" in channels:
            values["email"] = form.email
        if "sms" in channels and not left_stopped:
            of_holder = col(Preference.holder) == holder
            before = await session.scalar(select(col(Preference.sms)).where(of_holder))
            values["sms"] = sms_choice(form.sms, before, discreet=discreet)
        chosen = insert(Preference).values(holder=holder, unsubscribe_token=uuid4(), **values)
        await session.execute(chosen.on_conflict_do_update(index_elements=["holder"], set_=values))
    await tell_newest(session, number)
    notification.send_after(session)
    return await own_contacts(session, notification, number)


@router.post(
    "/reports/{number}/contacts/sms/stop",
    status_code=204,
    responses=problem_responses(401, 403, 404),
)
async def stop_text_messages(
    number: ReportNumber, reporter: CurrentReporter, session: Transaction
) -> None:
    """Stop text messages about one's own report, even if the phone belongs to an account. Other
    choices stay. Intake calls this with a token for the report when the reporter sends BERHENTI."""
    await check_own(session, reporter, number)
    first = asdict(await first_choice(session, number))
    stopped = {"sms_stopped_at": now()}
    row = {"holder": holder_of_report(number), "unsubscribe_token": uuid4(), **first, **stopped}
    chosen = insert(Preference).values(**row)
    await session.execute(chosen.on_conflict_do_update(index_elements=["holder"], set_=stopped))


Audience = Literal["reporter", "staff", "leader"]


class Unsubscribed(BaseModel):
    """Whether all messages are stopped for the holder of a mail's link. `audience`: which kind of
    recipient they are."""

    stopped: bool
    audience: Audience


@router.get(
    "/unsubscribe/{token}",
    responses=problem_responses(404, 429),
    dependencies=[Depends(limited(UNSUBSCRIBING))],
)
async def is_unsubscribed(token: UUID, session: Transaction) -> Unsubscribed:
    """Whether all messages are stopped for the holder of the token in a mail's link. 404: the token
    belongs to nobody."""
    of_token = select(Preference).where(col(Preference.unsubscribe_token) == token)
    preference = (await session.scalars(of_token)).one_or_none()
    if preference is None:
        raise not_found()
    stopped = preference.stopped_at is not None
    return Unsubscribed(stopped=stopped, audience=_audience(preference.holder))


@router.post(
    "/unsubscribe",
    responses=problem_responses(404, 429),
    dependencies=[Depends(limited(UNSUBSCRIBING))],
)
async def unsubscribe(form: UnsubscribeForm, session: Transaction) -> Unsubscribed:
    """*Jangan hubungi saya*: stop all messages to the holder of the token in a mail's link. 404:
    the token belongs to nobody, and nothing was stopped."""
    of_token = update(Preference).where(col(Preference.unsubscribe_token) == form.token)
    stopped = of_token.values(stopped_at=now()).returning(col(Preference.holder))
    holder = await session.scalar(stopped)
    if holder is None:
        raise not_found()
    return Unsubscribed(stopped=True, audience=_audience(holder))


def _audience(holder: str) -> Audience:
    """The kind of recipient that a holder is; reports and accounts belong to reporters."""
    match holder.partition("-")[0]:
        case "staff":
            return "staff"
        case "leader":
            return "leader"
        case _:
            return "reporter"
