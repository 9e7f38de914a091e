"""The activities of a delivery: make one attempt, signed as in Standard Webhooks, and save its
answer."""

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
from sqlalchemy import ColumnElement, Insert, Update, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from standardwebhooks import Webhook as Signing
from temporalio import activity

from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_names import DeliveryRun
from services.reporting.webhooks.destination import NotAllowed, address_of
from services.reporting.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from shared.database.columns import now
from shared.database.engine import Database
from shared.privacy.identity import IdentityCipher

TIMEOUT = 15.0
"""Seconds a receiver has to answer."""
FAILING = timedelta(days=5)
"""A webhook is disabled if none of its deliveries has arrived for this long."""
GONE = 410
"""The status by which a receiver says that it wants no more events (Standard Webhooks)."""


@dataclass(frozen=True)
class Answer:
    """The answer to an attempt: a status, or the reason why there is none; `ms` is its time in
    milliseconds."""

    status: int | None
    error: str | None
    ms: int

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class WebhookActivities:
    """The activities of the delivery workflow. The rows in the database decide what is done."""

    def __init__(self, database: Database, cipher: IdentityCipher, *, private: bool) -> None:
        self._database, self._cipher, self._private = database, cipher, private
        # Proxies set in the environment are for our own network.
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT,
            trust_env=False,
            follow_redirects=False,
            # Two host names at one address must not share a connection, because only the first was
            # checked for it.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        await self._http.aclose()

    @activity.defn(name=names.SEND)
    async def send(self, run: DeliveryRun) -> bool:
        """Make one attempt. Returns True when nothing more is to be done: it arrived, or is not
        wanted any more."""
        waiting = select(WebhookDelivery, Webhook).join(Webhook).where(*_waits(run))
        async with self._database.session() as session:
            row = (await session.execute(waiting)).one_or_none()
        if row is None:
            return True
        delivery, webhook = row
        if webhook.disabled is not None or webhook.removed_at is not None:
            await self.give_up(run)
            return True
        at = now()
        answer = await self._post(delivery, webhook, at)
        async with self._database.session() as session:
            await session.execute(_noted(run, at, answer))
            if answer.arrived:
                await session.execute(_over(run, "delivered"))
                well = col(Webhook.id) == webhook.id, col(Webhook.failing_since) < at
                await session.execute(update(Webhook).where(*well).values(failing_since=None))
            else:
                await _note_failure(session, webhook.id, at, gone=answer.status == GONE)
        return answer.arrived

    @activity.defn(name=names.GIVE_UP)
    async def give_up(self, run: DeliveryRun) -> bool:
        """Mark the delivery as failed: this round ended without an arrival."""
        async with self._database.autocommit() as connection:
            await connection.execute(_over(run, "failed"))
        return True

    async def _post(self, delivery: WebhookDelivery, webhook: Webhook, at: datetime) -> Answer:
        body = orjson.dumps(delivery.body)
        message = f"msg_{delivery.id.hex}"
        sealed = [webhook.secret]
        if webhook.previous_secret and webhook.previous_until and webhook.previous_until > at:
            sealed.append(webhook.previous_secret)
        secrets = [self._cipher.decrypt(each) for each in sealed]
        headers = {
            "content-type": "application/json",
            "user-agent": "LAPOR-Webhooks/1",
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            # For a day the previous secret signs too; the standard allows several signatures side
            # by side.
            "webhook-signature": " ".join(
                Signing(secret).sign(message, at.astimezone(UTC), body.decode())
                for secret in secrets
            ),
        }
        started = time.monotonic()
        status = error = None
        try:
            async with asyncio.timeout(TIMEOUT):
                status = await self._status(webhook.url, body, headers)
        except NotAllowed:
            error = "address"
        except (TimeoutError, httpx.TimeoutException):
            error = "timeout"
        except httpx.ConnectError as failed:
            error = "certificate" if _is_certificate(failed) else "connection"
        except httpx.TransportError:
            error = "connection"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            error = "unexpected"
        return Answer(status, error, round((time.monotonic() - started) * 1000))

    async def _status(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = await address_of(host, port, private=self._private)
        request = self._http.build_request(
            "POST",
            httpx.URL(url).copy_with(host=address),
            content=body,
            headers={**headers, "host": parts.netloc},
            extensions={"sni_hostname": host},
        )
        response = await self._http.send(request, stream=True)
        # The receiver's answer is not read beyond its status.
        await response.aclose()
        return response.status_code


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _waits(run: DeliveryRun) -> tuple[ColumnElement[bool], ...]:
    return (
        col(WebhookDelivery.id) == run.delivery_id,
        col(WebhookDelivery.round) == run.round,
        col(WebhookDelivery.state) == "waiting",
    )


def _over(run: DeliveryRun, state: str) -> Update:
    this_round = update(WebhookDelivery).where(*_waits(run))
    return this_round.values(state=state, finished_at=now())


def _noted(run: DeliveryRun, at: datetime, answer: Answer) -> Insert:
    """Return the statement that saves the next attempt of the delivery."""
    of_delivery = col(WebhookAttempt.delivery_id) == run.delivery_id
    last = select(func.coalesce(func.max(WebhookAttempt.attempt), 0)).where(of_delivery)
    return insert(WebhookAttempt).values(
        delivery_id=run.delivery_id,
        attempt=last.scalar_subquery() + 1,
        at=at,
        status=answer.status,
        error=answer.error,
        ms=answer.ms,
    )


async def _note_failure(
    session: AsyncSession, webhook_id: UUID, at: datetime, *, gone: bool
) -> None:
    """Save since when nothing has arrived. Disables the webhook if that is too long, or if the
    receiver wants no more events."""
    webhook = await session.get_one(Webhook, webhook_id, with_for_update=True)
    if webhook.disabled is not None:
        return
    if gone or (webhook.failing_since is not None and webhook.failing_since < at - FAILING):
        webhook.disabled, webhook.disabled_at = "gone" if gone else "failing", at
        # Admins see it in the list of webhooks, operators in this log.
        fields = {"webhook": str(webhook.id), "agency": webhook.agency_id}
        _log.warning("webhook disabled: %s", webhook.disabled, extra={"fields": fields})
    webhook.failing_since = webhook.failing_since or at


_log = logging.getLogger("lapor.reporting")
