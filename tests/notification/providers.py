"""Who carries mail and text messages, in the test's own process: real SMTP, the real contract."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import orjson
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook
from starlette.types import Receive, Scope, Send

from shared.clock import now


@dataclass
class MailServer:
    """Takes mail; `refusals` are the next answers to a recipient, `data_answers` to a mail."""

    port: int
    got: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    slow_to: str = ""
    """Mail to this address is answered once `released`."""
    waiting: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return lines

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        if self.slow_to in envelope.rcpt_tos:
            self.waiting += 1
            await self.released.wait()
        content = envelope.content
        assert isinstance(content, bytes)
        mail = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(content)
        self.got.append(mail)
        return "250 kept"

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        """It answers until the block ends."""
        loop = asyncio.get_running_loop()
        made: list[SMTP] = []

        def protocol() -> SMTP:
            made.append(SMTP(self, hostname="mail.test"))
            return made[-1]

        server = await loop.create_server(protocol, "127.0.0.1", self.port)
        try:
            yield
        finally:
            server.close()
            for connection in made:
                if connection.transport is not None:
                    connection.transport.close()
            await server.wait_closed()


@dataclass
class Gateway:
    """Takes text messages by the contract; `answers` are the next statuses, with their bodies."""

    port: int
    secret: str
    got: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/messages"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self._verify(body, headers)
        message = orjson.loads(body)
        assert headers["idempotency-key"] == message["id"]
        status, answer = self.answers.pop(0) if self.answers else (202, {"id": "gw-1"})
        if status == 202:
            self.got.append(message)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps(answer)})

    def _verify(self, body: bytes, headers: dict[str, str]) -> None:
        """As `Webhook.verify` does, by the time that tests hand in."""
        sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        signing = Webhook(self.secret.encode())
        assert (
            signing.sign(headers["webhook-id"], sent_at, body.decode())
            == headers["webhook-signature"]
        )
        assert abs(now() - sent_at) < timedelta(minutes=5)

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        config = uvicorn.Config(self, port=self.port, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        try:
            yield
        finally:
            server.should_exit = True
            await serving
