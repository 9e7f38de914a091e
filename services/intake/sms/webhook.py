"""SMS 1708: the gateway's webhook. Each message is a new report or is about an existing one
(`replies.py`), and gets an answer."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.accepting.new_report import DifferentContent, Identity, NewReport
from services.intake.models import Submission
from services.intake.resources import Intake, Resources
from services.intake.sms.about_reports import lacks_number, read_about_report
from services.intake.sms.answers import Answers
from services.intake.sms.courtesies import is_courtesy
from services.intake.sms.joining import NO_REPORT, SmsParts, WholeSms, of_parts
from services.intake.sms.messages import (
    SmsMessage,
    SmsRejected,
    answer_about,
    answer_accepted,
    answer_refused,
    join,
    read_webhook,
)
from services.intake.sms.other_services import OtherServices
from services.intake.sms.replies import Replies
from services.intake.sms.senders import Reply, is_new_report
from shared.database.engine import Database
from shared.http.documentation import problem_responses, raw_body
from shared.http.limits import Limit, rate_limits
from shared.http.problems import FieldError, Problem, conflict, unauthorized, validation
from shared.http.transaction import CurrentDatabase
from shared.labels import label
from shared.lifecycle.channels import Channel
from shared.values.text import TextRejected, derive_title, normalise_body

router = APIRouter(prefix="/channels/sms", tags=["SMS 1708"])

ABOUT_REPORTS = Limit("sms_about_reports", 30, 3600)
"""For each sender: messages from phones that are not the proven contact of the report. A sender can
be forged, so messages from a proven contact, and words that become a report, are not counted."""
CODES_SHOWN = Limit("sms_codes_shown", 10, 3600)
"""For each report: codes from its proven contact, which can be forged too."""

WORDS_READ = Limit("sms_words_read", 10, 3600)
"""For each page of words, by its text, as its sender can be forged. A forger who uses up the limit
of one page has had it sent to the real reporter, and does not stop them from reading others.
Answers without words are as short as a refusal, and not counted."""


class SmsAnswer(BaseModel):
    """The answer of the webhook. `answer` is to be sent to the sender; null while further parts are
    awaited."""

    number: int | None
    answer: str | None


_SIGNATURE = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]


@router.post(
    "",
    responses=problem_responses(401, 409, 422, 503),
    openapi_extra={**raw_body(SmsMessage), "parameters": _SIGNATURE},
)
async def receive_sms(request: Request, database: CurrentDatabase, intake: Intake) -> SmsAnswer:
    """Receive one SMS (Standard Webhooks signature over the raw body). The same `id` from the same
    sender gets the same answer again, except that words of a report are read again; with other
    words it is a 409. After a 5xx the gateway must call again."""
    body = await request.body()
    try:
        message = read_webhook(intake.settings.sms_secret, request.headers, body)
    except SmsRejected as rejected:
        if rejected.code == "signature":
            raise unauthorized() from None
        raise validation(FieldError("", "invalid")) from None
    async with database.session() as session:
        answer_or_reply = await _read(session, intake, message)
    if isinstance(answer_or_reply, SmsAnswer):
        return answer_or_reply
    reply, limits = answer_or_reply, rate_limits(request)
    services = OtherServices(database, intake)
    replies, sender = Replies(database, intake, services), await services.sender_of(reply)
    if is_new_report(reply.about, sender):
        return await _accept_words(database, intake, message)
    counted: tuple[Limit, str] | None = None
    read = await replies.read(reply.about, sender)
    if not sender.proven:
        counted = ABOUT_REPORTS, intake.index.phone(message.sender).hex()
    elif reply.about.wish == "confirm":
        counted = CODES_SHOWN, str(reply.about.number)
    elif read and read.with_words:
        counted = WORDS_READ, read.text
    if counted and await limits.wait(*counted) is not None:
        return SmsAnswer(number=None, answer=answer_about("too_many"))
    try:
        answer = await replies.take(reply, sender, read)
    except Problem:  # nothing was done; the gateway calls again
        if counted:
            await limits.give_back(*counted)
        raise
    return SmsAnswer(number=None, answer=answer)


async def _accept_words(database: Database, intake: Resources, message: SmsMessage) -> SmsAnswer:
    """Accept a report from words that begin with a number. They are not from the reporter of a
    report with that number. If the gateway sent the message twice, returns the first answer."""
    async with database.session() as session:
        answer_or_reply = await _read(session, intake, message)
        if isinstance(answer_or_reply, SmsAnswer):
            return answer_or_reply
        parts = SmsParts(session, intake.cipher, intake.index)
        return await _accept(session, intake, parts, answer_or_reply.whole)


async def _read(session: AsyncSession, intake: Resources, message: SmsMessage) -> SmsAnswer | Reply:
    """Read the message. Returns an answer if it was answered before, is a new report or is only a
    part; otherwise the message about a report."""
    parts = SmsParts(session, intake.cipher, intake.index)
    before = await parts.known(message)
    if before is not None and not before.same:
        raise conflict("sms_id_reused")
    key = parts.key(message) if before is None else of_parts(before.message)
    digest = parts.digest(message) if before is None else None
    known = await Answers(session, intake.cipher).known(key, digest)
    if isinstance(known, str):
        return SmsAnswer(number=None, answer=known)
    if known is not None:
        return Reply(known, WholeSms(key, message.sender, ""), digest)
    if before is not None and before.number is not None:
        return await _answer_again(session, intake, before.number)
    alone = join([message]).text
    whole: WholeSms | None = WholeSms(parts.key(message), message.sender, alone)
    if message.concat and message.concat.total > 1:
        if before is not None:  # all parts are there, but a service did not answer
            whole = await parts.whole(before.message)
        elif await session.scalar(_of_key(parts.key(message))) is not None:
            raise conflict("sms_id_reused")
        else:
            whole = await parts.add(message, message.concat)
    if whole is None or not whole.complete:
        return SmsAnswer(number=None, answer=None)
    about = read_about_report(whole.text)
    if await session.scalar(_of_key(whole.key)) is not None:
        return await _accept(session, intake, parts, whole)
    digest = parts.digest(message) if whole.message is None else None
    if about is not None:
        return Reply(about, whole, digest)
    if not lacks_number(whole.text):
        return await _accept(session, intake, parts, whole)
    answer = answer_about("courtesy" if is_courtesy(whole.text) else "number_lacks")
    await Answers(session, intake.cipher).keep(whole.key, digest or b"", answer)
    await parts.joined(whole, NO_REPORT)
    return SmsAnswer(number=None, answer=answer)


async def _accept(
    session: AsyncSession, intake: Resources, parts: SmsParts, whole: WholeSms
) -> SmsAnswer:
    try:
        report = report_of(whole)
    except TextRejected as rejected:
        await parts.joined(whole, NO_REPORT)
        return SmsAnswer(number=None, answer=answer_refused(rejected.code))
    try:
        accepted = await intake.acceptance.accept(session, report)
    except DifferentContent:
        raise conflict("sms_id_reused") from None
    await parts.joined(whole, accepted.number)
    return _answer(accepted.number, accepted.access_code, accepted.link)


def _of_key(key: str) -> Select[int]:
    of_key = col(Submission.scope) == "sms", col(Submission.idempotency_key) == key
    return select(col(Submission.number)).where(*of_key)


def report_of(whole: WholeSms) -> NewReport:
    """The report that a message becomes. Raises `TextRejected`."""
    body = normalise_body(whole.text)
    return NewReport(
        title=derive_title(body),
        body=body,
        channel=Channel.SMS,
        scope="sms",
        idempotency_key=whole.key,
        # The sender reads the answer on this phone anyway.
        identity=Identity(phone=whole.sender, phone_safe=True),
    )


async def _answer_again(session: AsyncSession, intake: Resources, number: int) -> SmsAnswer:
    if number == NO_REPORT:
        return SmsAnswer(number=None, answer=answer_refused("too_long"))
    submission = await session.get_one(Submission, number)
    renewed = submission.access_code_version > 1
    code = None if renewed else intake.cipher.decrypt(submission.access_code)
    return _answer(number, code, f"{intake.settings.public_base_url}/laporan/{number}")


def _answer(number: int, code: str | None, link: str) -> SmsAnswer:
    code_or_notice = code or label("notice", "code_renewed")
    return SmsAnswer(number=number, answer=answer_accepted(str(number), code_or_notice, link))
