"""Checks whether a text message to 1708 comes from a contact of the report that it is about."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.notification.contacts.named_contacts import named_contacts
from services.notification.contacts.own_contacts import check_own
from services.notification.contacts.reporters import reporters_of
from services.notification.contacts.resources import Notification
from shared.http.auth import CurrentReporter
from shared.http.documentation import problem_responses
from shared.http.paths import ReportNumber
from shared.http.transaction import Transaction
from shared.values.text import PHONE_LIMIT
from shared.values.words import Form

router = APIRouter(tags=["Reporters"])


E_164 = r"^\+[1-9][0-9]{5,14}$"


class SenderForm(Form):
    phone: str = Field(max_length=PHONE_LIMIT, pattern=E_164, repr=False)


class Sender(BaseModel):
    """What is known of the phone. `named`: it is a contact of one's own report; `proven`: the proof
    is valid now; `reads`: words of the report may also be sent there, since it is neither anonymous
    nor secret and the reporter has not refused text messages; `stopped`: they could be sent, but
    the reporter has refused text messages."""

    named: bool
    proven: bool
    reads: bool
    stopped: bool


@router.post("/reports/{number}/contacts/sms/sender", responses=problem_responses(401, 403, 404))
async def check_sender(
    number: ReportNumber,
    form: SenderForm,
    reporter: CurrentReporter,
    session: Transaction,
    notification: Notification,
) -> Sender:
    """Check whether a phone is a proven contact of one's own report. If so, its messages may be
    treated as the reporter's. Intake calls this with a token for the report."""
    await check_own(session, reporter, number)
    for contact in await named_contacts(session, notification.cipher, number):
        if contact.channel == "sms" and contact.value == form.phone:
            row = await notification.codes.row_of(session, contact)
            proven = await notification.codes.is_proven_now(session, row, contact)
            of_report = (await reporters_of(session, [number]))[number]
            _, choices = of_report.contacts["sms"]
            gets_sms = not choices.stopped and choices.sms is not False
            may_read = proven and not of_report.discreet
            return Sender(
                named=True,
                proven=proven,
                reads=may_read and gets_sms,
                stopped=may_read and not gets_sms,
            )
    return Sender(named=False, proven=False, reads=False, stopped=False)
