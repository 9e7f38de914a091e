"""SMS 1708: the gateway hands over messages, each becomes a report, and an answer goes back."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.intake.accepting.new_report import DifferentContent, Identity, NewReport
from services.intake.models import Submission
from services.intake.resources import Intake, Resources
from services.intake.sms.joining import PATIENCE, SmsParts, WholeSms
from services.intake.sms.messages import (
    SmsMessage,
    SmsRejected,
    answer_accepted,
    answer_refused,
    join,
    read_webhook,
)
from shared import clock
from shared.database.engine import Database
from shared.http.documentation import problem_responses, raw_body
from shared.http.problems import FieldError, Problem, conflict, unauthorized, validation
from shared.http.transaction import Transaction
from shared.labels import label
from shared.lifecycle.channels import Channel
from shared.resilience.away import DATABASE_AWAY
from shared.resilience.set_aside import count_set_aside
from shared.values.text import TextRejected, derive_title, normalise_body

router = APIRouter(prefix="/channels/sms", tags=["SMS 1708"])

_REMEMBERED = timedelta(days=2)
_INTERVAL = 20.0
_AT_MOST = 200
"""Messages that one round makes reports of."""


class SmsAnswer(BaseModel):
    """`answer` is to be sent to the sender; null while further parts are waited for."""

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
async def receive_sms(request: Request, session: Transaction, intake: Intake) -> SmsAnswer:
    """One SMS (Standard Webhooks signature over the raw body). The same `id` of the same sender
    again gets the same answer, and a 409 with other words; a 5xx asks the gateway to call again."""
    body = await request.body()
    try:
        message = read_webhook(intake.settings.sms_secret, request.headers, body)
    except SmsRejected as rejected:
        if rejected.code == "signature":
            raise unauthorized() from None
        raise validation(FieldError("", "invalid")) from None
    parts = SmsParts(session, intake.cipher, intake.index)
    before = await parts.known(message)
    if before is not None and not before.same:
        raise conflict("sms_id_reused")
    if before is not None and before.number is not None:
        return await _answer_again(session, intake, before.number)
    alone = join([message]).text
    whole: WholeSms | None = WholeSms(parts.key(message), message.sender, alone)
    if message.concat and message.concat.total > 1:
        if before is not None:
            return SmsAnswer(number=None, answer=None)
        if await session.scalar(_of_key(parts.key(message))) is not None:
            raise conflict("sms_id_reused")
        whole = await parts.add(message, message.concat)
    if whole is None:
        return SmsAnswer(number=None, answer=None)
    return await _accept(session, intake, parts, whole)


async def accept_stale_parts(database: Database, intake: Resources, now: datetime) -> int:
    """Make reports of long messages whose missing parts did not come; how many it made. One that
    cannot become a report is set aside and the next has its turn."""
    async with database.session() as session:
        parts = SmsParts(session, intake.cipher, intake.index)
        await parts.forget_old(now - _REMEMBERED)
        waiting = await parts.stale(now - PATIENCE, _AT_MOST)
    made = 0
    for message in waiting:
        try:
            made += await _make_report(database, intake, message)
        except (*DATABASE_AWAY, Problem):  # a problem: there is no agency yet to verify
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it is this message's alone
            await _set_aside(database, intake, message, type(error).__name__)
    return made


async def keep_joining(database: Database, intake: Resources) -> None:
    """Accepts stale parts every now and then, until cancelled."""
    while True:
        await asyncio.sleep(_INTERVAL)
        try:
            await accept_stale_parts(database, intake, clock.now())
        except Exception as error:  # noqa: BLE001  the database may be away; later again
            _log.warning("SMS parts wait", extra={"fields": {"error": type(error).__name__}})


async def _make_report(database: Database, intake: Resources, message: UUID) -> bool:
    async with database.session() as session:
        parts = SmsParts(session, intake.cipher, intake.index)
        whole = await parts.whole(message)
        if whole is None:
            return False
        report = _report(whole)
        accepted = await intake.acceptance.accept(session, report)
        await parts.joined(message, accepted.number)
    return True


async def _set_aside(database: Database, intake: Resources, message: UUID, reason: str) -> None:
    async with database.session() as session:
        await SmsParts(session, intake.cipher, intake.index).set_aside(message, reason)
    count_set_aside("sms", reason)


async def _accept(
    session: AsyncSession, intake: Resources, parts: SmsParts, whole: WholeSms
) -> SmsAnswer:
    try:
        report = _report(whole)
    except TextRejected as rejected:
        if whole.message:
            await parts.joined(whole.message, _NO_REPORT)
        return SmsAnswer(number=None, answer=answer_refused(rejected.code))
    try:
        accepted = await intake.acceptance.accept(session, report)
    except DifferentContent:
        raise conflict("sms_id_reused") from None
    if whole.message:
        await parts.joined(whole.message, accepted.number)
    return _answer(accepted.number, accepted.access_code, accepted.link)


def _of_key(key: str) -> Select[int]:
    of_key = col(Submission.scope) == "sms", col(Submission.idempotency_key) == key
    return select(col(Submission.number)).where(*of_key)


def _report(whole: WholeSms) -> NewReport:
    body = normalise_body(whole.text)
    return NewReport(
        title=derive_title(body),
        body=body,
        channel=Channel.SMS,
        scope="sms",
        idempotency_key=whole.key,
        identity=Identity(phone=whole.sender),
    )


async def _answer_again(session: AsyncSession, intake: Resources, number: int) -> SmsAnswer:
    if number == _NO_REPORT:
        return SmsAnswer(number=None, answer=answer_refused("too_long"))
    submission = await session.get_one(Submission, number)
    renewed = submission.access_code_version > 1
    code = None if renewed else intake.cipher.decrypt(submission.access_code)
    return _answer(number, code, f"{intake.settings.public_base_url}/laporan/{number}")


def _answer(number: int, code: str | None, link: str) -> SmsAnswer:
    code_or_notice = code or label("notice", "code_renewed")
    return SmsAnswer(number=number, answer=answer_accepted(str(number), code_or_notice, link))


_NO_REPORT = 0
"""In place of a number: the parts were joined, and refused."""
_log = logging.getLogger("lapor.intake")
