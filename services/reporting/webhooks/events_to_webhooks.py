"""Turns events from NATS into deliveries: each event once for each webhook that it concerns."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from nats.aio.msg import Msg
from pydantic import ValidationError
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from temporalio.client import Client

from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_names import DELAYS, DeliveryRun
from services.reporting.webhooks.models import Webhook, WebhookDelivery
from shared.bus.cloudevents import decode
from shared.bus.connection import Bus
from shared.bus.consumer import Consumer, MessageOutcome
from shared.bus.dead_letters import to_dead_letters
from shared.bus.errors import BadMessage
from shared.bus.streams import WEBHOOKS
from shared.clock import now
from shared.database.engine import Database
from shared.database.lifecycle import Report
from shared.database.views import AgencyEntry
from shared.lifecycle.actions import Action
from shared.lifecycle.events import INTERNAL_EVENTS, ReportEvent, hides_time
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import TO_BE_VERIFIED
from shared.privacy.identity import IdentityCipher
from shared.privacy.publication import public_time
from shared.resilience.periodic import is_away
from shared.resilience.reasons import reason
from shared.resilience.set_aside import count_set_aside

STARTED_AT_ONCE = 500
REST = 0.5
"""Seconds between two batches that are not full."""
KEPT = timedelta(days=30)
"""How long a delivery is listed after it has ended."""


class EventsToWebhooks:
    """Writes deliveries and starts their workflows. `words_at` is the address at which a staff
    member's token reads a report; `delays` are in seconds, as in `DeliveryRun`."""

    def __init__(
        self,
        database: Database,
        client: Client,
        words_at: str,
        delays: tuple[float, ...] = DELAYS,
    ) -> None:
        self._database, self._client = database, client
        self._words_at, self._delays = words_at, delays

    async def take(self, messages: Sequence[Msg]) -> Sequence[MessageOutcome]:
        """Write the deliveries of these events and commit them; start them at once if Temporal is
        available. Returns the outcome of each message."""
        outcomes: list[MessageOutcome] = []
        happened: list[tuple[str, ReportEvent]] = []
        for message in messages:
            try:
                event = decode(message.headers, message.data)
                data = ReportEvent.model_validate(event.get_data())
                happened.append((event.get_id(), data))
                outcomes.append(None)
            except ValidationError as error:
                outcomes.append(BadMessage.from_validation(error))
            except BadMessage as bad:
                outcomes.append(bad)
        if await self._note(happened):
            try:
                await self.start_waiting()
            except Exception as error:
                if not is_away(error):
                    raise
                _log.warning("webhooks wait for Temporal: %s", reason(error))
        return outcomes

    async def start_waiting(self) -> None:
        """Start all deliveries that are not started yet, including those that came while Temporal
        was unavailable."""
        failed: list[UUID] = []
        while True:
            waiting = (
                select(col(WebhookDelivery.id), col(WebhookDelivery.round))
                .where(
                    col(WebhookDelivery.state) == "waiting",
                    ~col(WebhookDelivery.started),
                    col(WebhookDelivery.id).not_in(failed),
                )
                .order_by(col(WebhookDelivery.created_at))
                .limit(STARTED_AT_ONCE)
            )
            async with self._database.autocommit() as connection:
                rows = (await connection.execute(waiting)).all()
            runs = [
                DeliveryRun(delivery_id=id, round=round, delays=self._delays) for id, round in rows
            ]
            gate = asyncio.Semaphore(20)

            async def start(run: DeliveryRun, gate: asyncio.Semaphore = gate) -> bool:
                async with gate:
                    try:
                        await names.start(self._client, run)
                    except Exception as error:
                        if is_away(error):
                            raise
                        # The other deliveries are started.
                        count_set_aside("webhooks", type(error).__name__, run.delivery_id)
                        return False
                return True

            started = await asyncio.gather(*map(start, runs))
            failed += [run.delivery_id for run, done in zip(runs, started, strict=True) if not done]
            async with self._database.autocommit() as connection:
                for run in (run for run, done in zip(runs, started, strict=True) if done):
                    this_round = (
                        col(WebhookDelivery.id) == run.delivery_id,
                        col(WebhookDelivery.round) == run.round,
                    )
                    started_now = update(WebhookDelivery).where(*this_round)
                    await connection.execute(started_now.values(started=True))
            if len(runs) < STARTED_AT_ONCE:
                return

    async def forget_old(self) -> None:
        """Delete deliveries that ended 30 days ago, with their attempts."""
        old = col(WebhookDelivery.finished_at) < now() - KEPT
        async with self._database.autocommit() as connection:
            await connection.execute(delete(WebhookDelivery).where(old))

    async def _note(self, happened: list[tuple[str, ReportEvent]]) -> bool:
        """Save the deliveries of these events; return whether there are any."""
        rows: list[dict[str, Any]] = []
        async with self._database.session() as session:
            live = col(Webhook.disabled).is_(None), col(Webhook.removed_at).is_(None)
            webhooks = (await session.scalars(select(Webhook).where(*live))).all()
            if not webhooks or not happened:
                return False
            agencies = {id for _, event in happened for id in _concerned(event)}
            paths = select(col(AgencyEntry.id), col(AgencyEntry.path))
            named = await session.execute(paths.where(col(AgencyEntry.id).in_(sorted(agencies))))
            above: dict[int, list[int]] = {row.id: row.path for row in named}

            numbers = {event.number for _, event in happened}
            these = col(Report.number).in_(numbers), col(Report.anonymous)
            anonymous = set(await session.scalars(select(col(Report.number)).where(*these)))

            def with_those_above(agencies: set[int]) -> set[int]:
                return {id for own in agencies for id in above.get(own, ())}

            for event_id, event in happened:
                handling = with_those_above(_handling(event))
                concerned = with_those_above(_concerned(event))
                rows += [
                    self._row(
                        webhook.id,
                        event_id,
                        _as_sent(event, anonymous=event.number in anonymous),
                        by_copy=webhook.agency_id not in handling,
                    )
                    for webhook in webhooks
                    if webhook.agency_id in concerned and event.at >= webhook.created_at
                ]
            if rows:
                await session.execute(insert(WebhookDelivery).on_conflict_do_nothing(), rows)
        return bool(rows)

    def _row(
        self, webhook_id: UUID, event_id: str, event: ReportEvent, *, by_copy: bool
    ) -> dict[str, Any]:
        body = payload(event, f"{self._words_at}/{event.number}", by_copy=by_copy)
        return {
            "id": uuid5(webhook_id, event_id),
            "webhook_id": webhook_id,
            "event_id": event_id,
            "event": event.event,
            "number": event.number,
            "version": event.version,
            "body": body,
        }


def payload(event: ReportEvent, url: str, *, by_copy: bool) -> dict[str, Any]:
    """Return the body of a delivery: ids, codes, states and times. The texts are read at `url`. An
    agency that has a copy gets times to the hour, and not the channel of the report (decision
    19)."""
    shown = _as_copied(event) if by_copy else event
    fields = _TOLD_TO_COPIES if by_copy else _TOLD
    data = shown.model_dump(mode="json", include=fields)
    return {
        "type": f"report.{event.event}",
        "timestamp": data["at"],
        "data": {**data, "url": url},
    }


def reader(
    bus: Bus, database: Database, cipher: IdentityCipher, feed: EventsToWebhooks
) -> Consumer:
    """Return the consumer that passes the stream of reports to the feed until it is stopped."""
    bury = to_dead_letters(bus, database, cipher, WEBHOOKS.stream)
    return Consumer(bus, WEBHOOKS, feed.take, bury, lanes=1, rest=REST)


def _as_sent(event: ReportEvent, *, anonymous: bool) -> ReportEvent:
    """Return the event as it may be sent (decision 19).

    Times that reveal when a report came are cut to the hour, and for an anonymous report the event
    does not say through whom it came. An anonymous report's first steps and verification are cut
    too, because the person who entered it may have continued at once; and so are its reporter's
    later steps, and the ends of clocks, from which those times can be computed.
    """
    changes: dict[str, Any] = {}
    if anonymous or event.status in TO_BE_VERIFIED:
        changes["due_at"] = event.due_at and public_time(event.due_at)
        changes["auto_close_at"] = event.auto_close_at and public_time(event.auto_close_at)
    if hides_time(event, anonymous=anonymous):
        changes["at"] = public_time(event.at)
    if anonymous and event.action is Action.SUBMIT:
        changes["actor_kind"] = ActorKind.REPORTER
    return event.model_copy(update=changes)


def _as_copied(event: ReportEvent) -> ReportEvent:
    """Return the event with all its times cut to the hour, including fields added later."""
    changes: dict[str, Any] = {
        name: public_time(value) for name, value in event if isinstance(value, datetime)
    }
    if event.actor_kind is ActorKind.PARTNER:
        changes["actor_kind"] = ActorKind.REPORTER
    return event.model_copy(update=changes)


def _handling(event: ReportEvent) -> set[int]:
    """Return the handler and, if the report was handed on, the previous one, which is notified that
    it is gone."""
    before = event.details.get("from_handler")
    return {event.handler_id} | ({before} if isinstance(before, int) else set())


def _concerned(event: ReportEvent) -> set[int]:
    """Return the handling agencies and, unless the event is internal to them, the agencies that
    have a copy."""
    for_copies = event.event not in INTERNAL_EVENTS or event.event == "copies_changed"
    return _handling(event) | set(event.copies if for_copies else ())


_log = logging.getLogger("lapor.reporting")
_TOLD_TO_COPIES = {
    *("number", "version", "event", "action", "actor_kind", "at", "from_status", "status", "tab"),
    *("handler_id", "chain", "held", "overdue", "due_at", "auto_close_at"),
}
_TOLD = {*_TOLD_TO_COPIES, "channel"}
