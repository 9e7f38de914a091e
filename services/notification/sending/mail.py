"""Mail by SMTP: a few connections, each used for many messages."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

import aiosmtplib

from services.notification.sending.errors import ProviderAway, TryAgain, Undeliverable

CONNECTIONS = 8
TIMEOUT = 20.0
"""Seconds for each answer of the server."""
IDLE = 15.0
"""Seconds after which an unused connection is not used again, as servers close idle ones."""
_NOBODY = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
"""RFC 3463: there is no such mailbox or domain."""


@dataclass
class _Connection:
    smtp: aiosmtplib.SMTP
    used_at: float


class Mailer:
    """Sends mail through the server that `smtp_url` names (see `Addresses.smtp_url`)."""

    def __init__(self, smtp_url: str, username: str, password: str) -> None:
        """Raises ValueError for an invalid `smtp_url`."""
        parts = urlsplit(smtp_url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("smtp_url is smtp://host:port, smtp+starttls://… or smtps://…")
        self._host, self._scheme = parts.hostname, parts.scheme
        self._port = parts.port or _PORTS[parts.scheme]
        self._credentials = (username, password) if username else None
        self._idle: list[_Connection] = []
        self._gate = asyncio.Semaphore(CONNECTIONS)

    async def send(self, message: Message) -> None:
        """Send the mail; returns once the server has accepted it. Raises `NotDelivered`. If the
        answer was lost (`TryAgain`), the server may have accepted it."""
        async with self._connection() as smtp:
            try:
                await smtp.send_message(message)
            except aiosmtplib.SMTPRecipientsRefused as refused:
                raise _refused(refused.recipients[0]) from None
            except aiosmtplib.SMTPRecipientRefused as refused:
                raise _refused(refused) from None
            except aiosmtplib.SMTPSenderRefused:
                raise ProviderAway("sender_refused") from None
            except aiosmtplib.SMTPResponseException as answer:
                if answer.code >= 500:
                    raise Undeliverable("rejected") from None
                raise TryAgain("put_off") from None
            except aiosmtplib.SMTPNotSupported:
                raise Undeliverable("rejected") from None
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                raise TryAgain("answer_lost") from None

    async def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().smtp.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        async with self._gate:
            smtp = await self._open()
            try:
                yield smtp
            except (Undeliverable, TryAgain) as error:
                if error.reason == "answer_lost" or not smtp.is_connected:
                    smtp.close()
                else:
                    await self._keep(smtp)
                raise
            except BaseException:
                smtp.close()
                raise
            await self._keep(smtp)

    async def _open(self) -> aiosmtplib.SMTP:
        while self._idle:
            kept = self._idle.pop()
            if kept.smtp.is_connected and time.monotonic() - kept.used_at < IDLE:
                return kept.smtp
            kept.smtp.close()
        smtp = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            timeout=TIMEOUT,
            use_tls=self._scheme == "smtps",
            start_tls={"smtp": None, "smtp+starttls": True, "smtps": False}[self._scheme],
        )
        try:
            await smtp.connect()
            if self._credentials:
                await smtp.login(*self._credentials)
        except aiosmtplib.SMTPAuthenticationError:
            smtp.close()
            raise ProviderAway("credentials_refused") from None
        except (ssl.SSLError, aiosmtplib.SMTPException) as error:
            smtp.close()
            certificate = isinstance(error.__cause__ or error, ssl.SSLError)
            raise ProviderAway("certificate" if certificate else "connection") from None
        except (OSError, TimeoutError):
            smtp.close()
            raise ProviderAway("connection") from None
        return smtp

    async def _keep(self, smtp: aiosmtplib.SMTP) -> None:
        if smtp.is_connected:
            self._idle.append(_Connection(smtp, time.monotonic()))


_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def is_nobody(status: str) -> bool:
    """Whether an enhanced status code says that there is no such mailbox or domain."""
    return status in _NOBODY


def _refused(refused: aiosmtplib.SMTPRecipientRefused) -> Undeliverable | TryAgain:
    if refused.code < 500:
        return TryAgain("put_off")
    enhanced = refused.message.split(" ", 1)[0]
    if enhanced.startswith(("5.2.2", "5.7.")):
        # A full mailbox or a policy: the address exists.
        return Undeliverable("rejected")
    has_code = enhanced.count(".") == 2 and enhanced[0].isdigit()
    nobody = is_nobody(enhanced) if has_code else refused.code in (550, 551, 553)
    return Undeliverable("no_such_address" if nobody else "rejected", nobody_there=nobody)
