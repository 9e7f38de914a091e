"""The activities of a delivery: one attempt, signed by Standard Webhooks, its answer noted."""

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import orjson
from sqlalchemy import RowMapping, text
from standardwebhooks import Webhook as Signing
from temporalio import activity

from services.reporting.webhooks import delivery_names as names
from services.reporting.webhooks.delivery_names import DeliveryRun
from services.reporting.webhooks.destination import NotAllowed, address_of
from shared.database.columns import now
from shared.database.engine import Database
from shared.identity import IdentityCipher

TIMEOUT = 15.0
"""Seconds a receiver has to answer."""
FAILING = timedelta(days=5)
"""A webhook none of whose deliveries arrived for so long is disabled."""
GONE = 410
"""The answer by which a receiver says that it wants no more (Standard Webhooks)."""


@dataclass(frozen=True)
class Answer:
    """A status, or why there is none; in `ms` milliseconds."""

    status: int | None
    error: str | None
    ms: int

    @property
    def arrived(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class WebhookSending:
    """What the worker does for deliveries; the rows decide, whatever is asked."""

    def __init__(self, database: Database, cipher: IdentityCipher, *, private: bool) -> None:
        self._database, self._cipher, self._private = database, cipher, private
        # What we were told by the environment about proxies is for our own network.
        self._http = httpx.AsyncClient(
            timeout=TIMEOUT,
            trust_env=False,
            follow_redirects=False,
            # Two names at one address must not share a connection, checked for the first alone.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        await self._http.aclose()

    @activity.defn(name=names.SEND)
    async def send(self, asked: DeliveryRun) -> bool:
        """One attempt. True when there is nothing more to do: it arrived, or is not wanted."""
        ids = {"id": asked.delivery_id, "round": asked.round}
        async with self._database.autocommit() as connection:
            row = (await connection.execute(_TO_SEND, ids)).mappings().one_or_none()
        if row is None:
            return True
        if row["silent"]:
            await self.give_up(asked)
            return True
        at = now()
        answer = await self._post(row, at)
        noted = {**ids, "at": at, "status": answer.status, "error": answer.error, "ms": answer.ms}
        webhook = {"webhook": row["webhook_id"], "at": at}
        async with self._database.session() as session:
            await session.execute(_NOTE, noted)
            if answer.arrived:
                await session.execute(_ARRIVED, {**ids, "at": now()})
                await session.execute(_WELL, webhook)
            else:
                gone = answer.status == GONE
                note = {**webhook, "gone": gone, "limit": at - FAILING}
                found = (await session.execute(_FAILING, note)).one_or_none()
                if found and found.disabled:
                    # Its admins read it in the list of webhooks, operators here.
                    fields = {"webhook": str(found.id), "agency": found.agency_id}
                    _log.warning("webhook disabled: %s", found.disabled, extra={"fields": fields})
        return answer.arrived

    @activity.defn(name=names.GIVE_UP)
    async def give_up(self, asked: DeliveryRun) -> bool:
        """State that this round is over without an arrival."""
        ids = {"id": asked.delivery_id, "round": asked.round, "at": now()}
        async with self._database.autocommit() as connection:
            await connection.execute(_FAILED, ids)
        return True

    async def _post(self, row: RowMapping, at: datetime) -> Answer:
        body = orjson.dumps(row["body"])
        message = f"msg_{row['id'].hex}"
        secrets = [self._cipher.decrypt(each) for each in (row["secret"], row["before"]) if each]
        headers = {
            "content-type": "application/json",
            "user-agent": "LAPOR-Webhooks/1",
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            # The secret of before too, for a day: the standard has them side by side.
            "webhook-signature": " ".join(
                Signing(secret).sign(message, at.astimezone(UTC), body.decode())
                for secret in secrets
            ),
        }
        started = time.monotonic()
        status = error = None
        try:
            async with asyncio.timeout(TIMEOUT):
                status = await self._status(row["url"], body, headers)
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
        # What the receiver says beyond the status is not read.
        await response.aclose()
        return response.status_code


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


_log = logging.getLogger("lapor.reporting")
_TO_SEND = text("""
SELECT d.id, d.webhook_id, d.body, w.url, w.secret,
       CASE WHEN w.previous_until > now() THEN w.previous_secret END AS before,
       w.disabled IS NOT NULL OR w.removed_at IS NOT NULL AS silent
FROM reporting.webhook_delivery d JOIN reporting.webhook w ON w.id = d.webhook_id
WHERE d.id = :id AND d.round = :round AND d.state = 'waiting'
""")
_NOTE = text("""
INSERT INTO reporting.webhook_attempt (delivery_id, attempt, at, status, error, ms)
SELECT :id, coalesce(max(attempt), 0) + 1, :at, CAST(:status AS int), CAST(:error AS text), :ms
FROM reporting.webhook_attempt WHERE delivery_id = :id
""")
_ARRIVED = text("""
UPDATE reporting.webhook_delivery SET state = 'delivered', finished_at = :at
WHERE id = :id AND round = :round AND state = 'waiting'
""")
_FAILED = text("""
UPDATE reporting.webhook_delivery SET state = 'failed', finished_at = :at
WHERE id = :id AND round = :round AND state = 'waiting'
""")
_WELL = text("""
UPDATE reporting.webhook SET failing_since = NULL
WHERE id = :webhook AND failing_since < :at
""")
_FAILING = text("""
UPDATE reporting.webhook
SET failing_since = coalesce(failing_since, :at),
    disabled = CASE WHEN :gone THEN 'gone' WHEN failing_since < :limit THEN 'failing' END,
    disabled_at = CASE WHEN :gone OR failing_since < :limit THEN CAST(:at AS timestamptz) END
WHERE id = :webhook AND disabled IS NULL
RETURNING id, agency_id, disabled
""")
