"""The mailbox's SMTP server: it accepts every mail, except to addresses that cannot exist."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mailbox.kept import MessageStore

NOBODY = ".invalid"
"""A domain that can never exist (RFC 2606): mail to it bounces, to see what happens then."""


class MailboxHandler:
    """Stores the mails that are received."""

    def __init__(self, kept: MessageStore) -> None:
        self._kept = kept

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.endswith(NOBODY):
            return "550 5.1.1 nobody here by that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self._kept.keep_mail(", ".join(envelope.rcpt_tos), content)
        return "250 kept"


@asynccontextmanager
async def taking_mail(kept: MessageStore, host: str, port: int) -> AsyncIterator[None]:
    """Receive mail at this address until the block ends."""
    handler = MailboxHandler(kept)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="mailbox"), host, port)
    async with server:
        yield
