"""Passes what reporters say through partner systems, over NATS, on to the report's workflow."""

import hashlib
import hmac
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from nats.aio.msg import Msg
from sqlalchemy import false, or_, select
from sqlmodel import col

from services.followup.actions.information import complete_report_information
from services.followup.actions.objection import object_to_closing
from services.followup.actions.rating import rate_closing
from services.followup.actions.replies import reply_to_follow_up
from services.followup.actions.satisfaction import declare_satisfaction
from services.followup.actions.withdrawal import withdraw_report
from services.followup.partner_forms import (
    FORMS,
    PartnerForm,
    PartnerInformation,
    PartnerObjection,
    PartnerRating,
    PartnerReply,
    PartnerSatisfaction,
    PartnerWithdrawal,
)
from shared import clock
from shared.bus.errors import BadMessage, TryLater
from shared.command_requests.command_request import CommandHandler, CommandRequest
from shared.command_requests.execute import execute
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.database.views import PartnerEntry
from shared.http.problems import Problem
from shared.http.tokens import Partner
from shared.partners.message_reading import Read, read
from shared.partners.problems import problems_of_refusal
from shared.partners.receipts import Receipt, Sent, queue_receipts
from shared.temporal.report_gateway import ReportGateway

PATIENCE: Final = timedelta(minutes=10)
"""How long an unknown report is looked for again: it may still be on its way."""
MOST_WAITING: Final = 300
"""How many messages of one partner may wait for their reports; more would delay the others'."""


class PartnerMessages:
    """Carries out the messages of `lapor.v1.ingest.<system>.<kind>`; `FORMS` lists the kinds.

    `reports_url` is the address at which a partner reads a report, without the number. `key` makes
    the command ids, which derive from a partner's event ids, impossible for others to guess.
    """

    def __init__(
        self,
        database: Database,
        gateway: ReportGateway,
        reports_url: str,
        key: str,
        *,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._reports_url = reports_url
        digest = hmac.digest(key.encode(), b"partner commands", hashlib.sha256)
        self._namespace = UUID(bytes=digest[:16])
        self._patience = patience
        self._waiting: defaultdict[str, dict[int, datetime]] = defaultdict(dict)

    async def carry_out(self, message: Msg) -> None:
        """Carry out a message. On return the outcome is known and its receipt is committed to
        the outbox.

        Raises `BadMessage` for a message that can never succeed, and `TryLater` while the report or
        the outcome is not known.
        """
        form_read = read(message, FORMS)
        number = await self._number(form_read, message.metadata.timestamp)
        id = uuid5(self._namespace, f"{form_read.sent.system}/{form_read.message_id}")
        receipt = await self._outcome(form_read, number, id)
        async with self._database.session() as session:
            await queue_receipts(session, [(form_read.sent, receipt)])

    async def _outcome(self, form_read: Read[PartnerForm], number: int, id: UUID) -> Receipt:
        url = f"{self._reports_url}/{number}"
        try:
            outcome = await execute(
                self._database, self._gateway, _command_request(form_read, number, id)
            )
        except Problem as problem:
            if problem.status >= 500:
                raise TryLater(problem.code) from None
            return form_read.sent.receipt(
                accepted=False,
                number=number,
                status=problem.members.get("report_status"),
                version=problem.members.get("version"),
                url=url,
                problems=problems_of_refusal(problem),
            )
        if outcome is None:
            raise TryLater("the command waits")
        return form_read.sent.receipt(
            accepted=True, number=number, status=outcome.status, version=outcome.version, url=url
        )

    async def _number(self, form_read: Read[PartnerForm], stored_at: datetime) -> int:
        """Return the report's number. Raises `TryLater` while the external id may still become
        known, and `BadMessage` if the partner has no such report or is inactive."""
        sent = form_read.sent
        external_id, number = form_read.data.external_id, form_read.data.number
        named = []
        if external_id is not None:
            named.append(col(Report.external_id) == external_id)
        if number is not None:
            named.append(col(Report.number) == number)
        async with self._database.session() as session:
            partner = await session.get(PartnerEntry, sent.system)
            own = select(col(Report.number)).where(col(Report.system) == sent.system)
            known = await session.scalar(own.where(or_(false(), *named)))
        if partner is None or not partner.active:
            raise BadMessage("partner_inactive", "this partner is not let in any more")
        if known is not None:
            self._waiting[sent.system].pop(sent.sequence, None)
            return known
        if external_id is not None and self._may_wait(sent, stored_at):
            raise TryLater("the report is not known yet")
        raise BadMessage("report_unknown", "the sender has no such report")

    def _may_wait(self, sent: Sent, stored_at: datetime) -> bool:
        now, until = clock.now(), stored_at + self._patience
        waiting = {n: t for n, t in self._waiting[sent.system].items() if t > now}
        self._waiting[sent.system] = waiting
        if until <= now or (sent.sequence not in waiting and len(waiting) >= MOST_WAITING):
            return False
        waiting[sent.sequence] = until
        return True


def _command_request(form_read: Read[PartnerForm], number: int, id: UUID) -> CommandRequest:
    """The same request that the reporter would make over HTTP."""
    handler = _HANDLERS[type(form_read.data)]
    form = handler.form.model_validate(form_read.data.form_fields)
    return handler.asked(Partner(system=form_read.sent.system), number, form, id)


_HANDLERS: Final[dict[type[PartnerForm], CommandHandler[Any]]] = {
    PartnerInformation: complete_report_information,
    PartnerReply: reply_to_follow_up,
    PartnerWithdrawal: withdraw_report,
    PartnerSatisfaction: declare_satisfaction,
    PartnerRating: rate_closing,
    PartnerObjection: object_to_closing,
}
