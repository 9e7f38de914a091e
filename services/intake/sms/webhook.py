"""SMS 1708: the gateway hands over messages, each becomes a report, and an answer goes back."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accepting.new_report import DifferentContent, Identity, NewReport
from services.intake.resources import Intake, Resources
from services.intake.sms.joining import PATIENCE, SmsParts, WholeSms
from services.intake.sms.messages import SmsRejected, answer_accepted, answer_refused, read_webhook
from shared.database.engine import Database
from shared.http.documentation import problem_responses
from shared.http.problems import FieldError, unauthorized, validation
from shared.http.transaction import Transaction
from shared.lifecycle.channels import Channel
from shared.text import TextRejected, derive_title, normalise_body

router = APIRouter(prefix="/channels/sms", tags=["SMS 1708"])

_REMEMBERED = timedelta(days=2)
_INTERVAL = 20.0


class SmsAnswer(BaseModel):
    """`answer` is to be sent to the sender; null while further parts are waited for."""

    number: int | None
    answer: str | None


@router.post("", responses=problem_responses(401, 503))
async def receive_sms(request: Request, session: Transaction, intake: Intake) -> SmsAnswer:
    """One SMS (Standard Webhooks signature over the raw body). The same `id` again gets the same
    answer; a 5xx asks the gateway to call again."""
    body = await request.body()
    try:
        message = read_webhook(intake.settings.sms_secret, request.headers, body)
    except SmsRejected as rejected:
        if rejected.code == "signature":
            raise unauthorized() from None
        raise validation(FieldError("", "invalid")) from None
    whole: WholeSms | None = WholeSms(message.id, message.sender, message.text)
    parts = SmsParts(session, intake.cipher, intake.index)
    if message.concat and message.concat.total > 1:
        number = await parts.report_of(message.id)
        if number is not None:
            return await _answer_again(session, intake, number)
        whole = await parts.add(message, message.concat)
    if whole is None:
        return SmsAnswer(number=None, answer=None)
    return await _accept(session, intake, parts, whole)


async def accept_stale_parts(database: Database, intake: Resources, now: datetime) -> int:
    """Make reports of long messages whose missing parts did not come; how many it made."""
    made = 0
    while True:
        async with database.session() as session:
            parts = SmsParts(session, intake.cipher, intake.index)
            whole = await parts.take_stale(now - PATIENCE)
            if whole is None:
                await parts.forget_old(now - _REMEMBERED)
                return made
            await _accept(session, intake, parts, whole)
            made += 1


async def keep_joining(database: Database, intake: Resources) -> None:
    """Accepts stale parts every now and then, until cancelled."""
    while True:
        await asyncio.sleep(_INTERVAL)
        try:
            await accept_stale_parts(database, intake, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001  the database may be away; later again
            _log.warning("SMS parts wait", extra={"fields": {"error": type(error).__name__}})


async def _accept(
    session: AsyncSession, intake: Resources, parts: SmsParts, whole: WholeSms
) -> SmsAnswer:
    try:
        body = normalise_body(whole.text)
    except TextRejected as rejected:
        if whole.group:
            await parts.joined(whole.group, _NO_REPORT)
        return SmsAnswer(number=None, answer=answer_refused(rejected.code))
    report = NewReport(
        title=derive_title(body),
        body=body,
        channel=Channel.SMS,
        scope="sms",
        idempotency_key=whole.key,
        identity=Identity(phone=whole.sender),
    )
    try:
        accepted = await intake.acceptance.accept(session, report)
    except DifferentContent as before:
        # A gateway that changes a message it sent before: the first one stands.
        return await _answer_again(session, intake, before.number)
    if whole.group:
        await parts.joined(whole.group, accepted.number)
    return _answer(accepted.number, accepted.access_code, accepted.link)


async def _answer_again(session: AsyncSession, intake: Resources, number: int) -> SmsAnswer:
    if number == _NO_REPORT:
        return SmsAnswer(number=None, answer=answer_refused("too_long"))
    sealed = (await session.execute(_CODE, {"number": number})).scalar_one()
    code = intake.cipher.decrypt(bytes(sealed))
    return _answer(number, code, f"{intake.settings.public_base_url}/laporan/{number}")


def _answer(number: int, code: str, link: str) -> SmsAnswer:
    return SmsAnswer(number=number, answer=answer_accepted(str(number), code, link))


_NO_REPORT = 0
"""In place of a number: the parts were joined, and refused."""
_CODE = text("SELECT access_code FROM intake.submission WHERE number = :number")
_log = logging.getLogger("lapor.intake")
