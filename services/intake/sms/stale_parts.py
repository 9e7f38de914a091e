"""Handles long SMS that could not be answered, because parts were missing or a service was away.
After some minutes they become reports, or go to the report that they are about."""

import asyncio
import logging
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from services.intake.resources import Resources
from services.intake.sms.about_reports import read_about_report
from services.intake.sms.answers import Answers
from services.intake.sms.confirmations import Confirmations
from services.intake.sms.joining import PATIENCE, SmsParts
from services.intake.sms.other_services import OtherServices
from services.intake.sms.replies import Replies
from services.intake.sms.senders import Reply, is_new_report
from services.intake.sms.webhook import report_of
from shared import clock
from shared.database.engine import Database
from shared.http.problems import Problem
from shared.resilience.away import DATABASE_AWAY
from shared.resilience.set_aside import count_set_aside

_REMEMBERED = timedelta(days=2)
_INTERVAL = 20.0
_AT_MOST = 200
"""How many messages one round handles."""
_FOR_REPLIES = 20.0
"""Seconds after which a round begins no more replies. So a slow service does not delay new
reports."""


async def accept_stale_parts(database: Database, intake: Resources, now: datetime) -> int:
    """Make reports of long messages whose missing parts did not arrive; returns how many. A message
    that waits for a service is put off; one that cannot become a report is set aside. Then the next
    one follows."""
    async with database.session() as session:
        parts = SmsParts(session, intake.cipher, intake.index)
        await parts.forget_old(now - _REMEMBERED)
        await Answers(session, intake.cipher).forget_old(now - _REMEMBERED)
        await Confirmations(session, intake.index).forget_old()
        waiting = await parts.stale(now - PATIENCE, _AT_MOST)
    made, until = 0, monotonic() + _FOR_REPLIES
    for message in waiting:
        try:
            made += await _take(database, intake, message, until)
        except DATABASE_AWAY:
            raise
        except Problem as problem:  # a service is away, or there is no agency yet to verify
            if problem.status == _UNAVAILABLE:
                await _put_off(database, intake, message)
            else:
                await _set_aside(database, intake, message, problem.code)
        except Exception as error:  # noqa: BLE001  whatever it is, it concerns only this message
            await _set_aside(database, intake, message, type(error).__name__)
    return made


async def keep_joining(database: Database, intake: Resources) -> None:
    """Accept stale parts at intervals until cancelled."""
    while True:
        await asyncio.sleep(_INTERVAL)
        try:
            await accept_stale_parts(database, intake, clock.now())
        except Exception as error:  # noqa: BLE001  the database may be away; try again later
            _log.warning("SMS parts wait", extra={"fields": {"error": type(error).__name__}})


async def _take(database: Database, intake: Resources, message: UUID, until: float) -> bool:
    """Handle one message, by the same rules as a complete one. Returns whether it became a
    report."""
    async with database.session() as session:
        whole = await SmsParts(session, intake.cipher, intake.index).whole(message)
    if whole is None:
        return False
    if about := read_about_report(whole.text):
        if monotonic() > until:
            return False
        services, reply = OtherServices(database, intake), Reply(about, whole, None, stale=True)
        sender = await services.sender_of(reply)
        if not is_new_report(about, sender):
            await Replies(database, intake, services).take(reply, sender)
            return False
    return await _make_report(database, intake, message, whole.sender)


async def _make_report(database: Database, intake: Resources, message: UUID, phone: str) -> bool:
    async with database.session() as session:
        parts = SmsParts(session, intake.cipher, intake.index)
        await parts.lock(phone)
        whole = await parts.whole(message)
        if whole is None:  # another process, or the last part, was faster
            return False
        accepted = await intake.acceptance.accept(session, report_of(whole))
        await parts.joined(whole, accepted.number)
    return True


async def _put_off(database: Database, intake: Resources, message: UUID) -> None:
    async with database.session() as session:
        await SmsParts(session, intake.cipher, intake.index).put_off(message)
    _log.warning("SMS %s waits for a service", message)


async def _set_aside(database: Database, intake: Resources, message: UUID, reason: str) -> None:
    async with database.session() as session:
        await SmsParts(session, intake.cipher, intake.index).set_aside(message, reason)
    count_set_aside("sms", reason, message)


_UNAVAILABLE = 503
_log = logging.getLogger("lapor.intake")
