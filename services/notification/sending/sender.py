"""Sends messages that are due, in batches, as long as the process runs."""

import asyncio
from asyncio import Semaphore
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col

from services.notification.messages.letter_text import LETTER
from services.notification.models import Message
from services.notification.outgoing.prepared import NoLongerSent, Outgoing
from services.notification.outgoing.to_reporters import Outbox
from services.notification.sending.errors import (
    NotDelivered,
    ProviderAway,
    TryAgain,
    Undeliverable,
)
from services.notification.sending.mail import Mailer
from services.notification.sending.mail_layout import mail_of
from services.notification.sending.outcomes import Settling
from services.notification.sending.quiet_hours import waiting_for_morning
from services.notification.sending.text_messages import SmsGateway
from shared.attachments.sandbox import Sandbox
from shared.attachments.sandbox_turns import SandboxBusy
from shared.clock import now
from shared.database.engine import Database
from shared.documents.a4 import A4
from shared.documents.typesetting import to_pdf
from shared.resilience.periodic import is_away, note_failure
from shared.resilience.set_aside import count_set_aside

BATCH = 200
AT_ONCE = 16
"""How many messages are sent at the same time, in all batches except letters."""
BATCHES = 2
"""How many batches are sent at the same time: a slow answer in one does not delay the next."""
LETTERS = 4
"""How many letters a batch has, all sent at the same time. A PDF waits at most 30 s and is made
within 60 s."""
LEASE = timedelta(minutes=5)
"""How long a process has claimed a message before another may send it; longer than a batch can
take."""
LOOK_EVERY = 5.0
"""Seconds between two looks for messages that became due or were left by a process that died."""
AWAY = (5.0, 15.0, 60.0)
"""Seconds until a provider that is away is tried again: after the first failure, the second …"""

Prepared = Outgoing | NoLongerSent | Undeliverable


@dataclass(frozen=True)
class Providers:
    """The providers of mail and text messages, and what is needed to build our messages."""

    mailer: Mailer
    gateway: SmsGateway
    sender: str
    portal: str
    sandbox: Sandbox = field(default_factory=Sandbox)
    """The sandbox in which documents are made."""

    async def hand_over(self, message: Message, outgoing: Outgoing) -> str | None:
        """Send the message; returns the provider's id for it, if there is one. Raises
        `NotDelivered`, also if the mail cannot be built: that message is given up, and the others
        are sent."""
        try:
            return await self._hand_over(message, outgoing)
        except NotDelivered:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, it concerns only this message
            count_set_aside("messages", type(error).__name__, message.id)
            raise Undeliverable("unexpected") from None

    async def _hand_over(self, message: Message, outgoing: Outgoing) -> str | None:
        if message.channel == "sms":
            return await self.gateway.send(outgoing.id, outgoing.to, outgoing.text.sms)
        await self.mailer.send(
            mail_of(
                outgoing.id,
                outgoing.text,
                sender=self.sender,
                to=outgoing.to,
                unsubscribe=self._stop(outgoing),
                language=outgoing.language,
                pdf=await self._pdf(outgoing.id, outgoing.document) if outgoing.document else None,
            )
        )
        return None

    def _stop(self, outgoing: Outgoing) -> str | None:
        """The link that stops all messages; its page looks up whose link it is."""
        if outgoing.unsubscribe is None:
            return None
        return f"{self.portal}/berhenti/{outgoing.unsubscribe}"

    async def _pdf(self, id: UUID, document: A4) -> bytes:
        """The PDF of a message. If it cannot be made now, for lack of time or room for example, the
        message is tried again as if its provider had not accepted it."""
        try:
            return await to_pdf(document, self.sandbox)
        except SandboxBusy:
            raise TryAgain("busy") from None
        except Exception as error:  # noqa: BLE001  whatever it is, it may be over by then
            note_failure("messages", id, error)
            raise TryAgain("unexpected") from None

    async def close(self) -> None:
        await self.mailer.close()
        await self.gateway.close()


@dataclass
class ProviderState:
    """Whether a provider answers. After `failures` in a row nothing is sent before `until`; then
    one message of each batch is tried."""

    failures: int = 0
    until: datetime | None = None

    def may_send(self) -> int:
        """How many messages may be sent now."""
        if self.until is None:
            return BATCH
        return 1 if self.until <= now() else 0

    def failed(self) -> datetime:
        """Record that the provider did not answer; returns when it is tried again."""
        if self.until is None or self.until <= now():
            self.until = now() + timedelta(seconds=AWAY[min(self.failures, len(AWAY) - 1)])
            self.failures += 1
        return self.until

    def answered(self) -> None:
        self.failures, self.until = 0, None


class Sending:
    """Claims messages and sends them through their providers. Any number of processes may run
    it."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        providers: Providers,
        settling: Settling,
        written: asyncio.Event,
        to_retry: asyncio.Event,
    ) -> None:
        self._database, self._outbox, self._providers = database, outbox, providers
        self._written, self._to_retry = written, to_retry
        self._settling = settling
        self._states = {"email": ProviderState(), "sms": ProviderState()}
        self._at_once, self._letters_at_once = Semaphore(AT_ONCE), Semaphore(LETTERS)

    async def run(self) -> None:
        """Send until cancelled: when a row was written, and every few seconds. If it raises, the
        rows stay and are claimed again later. `BATCHES` of these run at the same time."""
        while True:
            self._written.clear()
            while await self.send_due():
                pass
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._written.wait()

    async def run_letters(self) -> None:
        """As `run`, for letters, in separate batches so that no code waits for a PDF."""
        while True:
            while letters := await self._claim("email", LETTERS, letters=True):
                await self._send_all(letters, self._letters_at_once)
            await asyncio.sleep(LOOK_EVERY)

    async def send_due(self) -> int:
        """Send one batch of due messages for each channel; returns how many there were."""
        claimed = [await self._claim(channel, BATCH, letters=False) for channel in self._states]
        messages = [message for each in claimed for message in each]
        if messages:
            await self._send_all(messages, self._at_once)
        return len(messages)

    async def _send_all(self, messages: Sequence[Message], at_once: Semaphore) -> None:
        async with self._database.session() as session:
            mornings = await waiting_for_morning(session, messages)
        ready = await self._prepare([each for each in messages if each.id not in mornings])

        async def send(message: Message) -> None:
            async with at_once:
                if message.id in mornings:
                    await self._settling.put_off(message, mornings[message.id])
                else:
                    await self._send(message, ready[message.id])

        await asyncio.gather(*map(send, messages))

    async def _prepare(self, messages: Sequence[Message]) -> dict[UUID, Prepared]:
        """Prepare the messages; returns them by id. A message that cannot be prepared is given up,
        and the others are sent. If the database fails, all of them wait."""
        try:
            async with self._database.session() as session:
                return {**await self._outbox.prepare(session, messages)}
        except Exception as error:
            if is_away(error) or isinstance(error, ProgrammingError):
                raise
            if len(messages) == 1:
                count_set_aside("messages", type(error).__name__, messages[0].id)
                return {messages[0].id: Undeliverable("unexpected")}
        ready: dict[UUID, Prepared] = {}
        for message in messages:
            ready |= await self._prepare([message])
        return ready

    async def _send(self, message: Message, outgoing: Prepared) -> None:
        if isinstance(outgoing, NoLongerSent):
            await self._settling.skipped(message, outgoing.reason)
            return
        if isinstance(outgoing, Undeliverable):
            await self._settling.failed(message, outgoing)
            return
        provider = self._states[message.channel]
        try:
            if not provider.may_send():
                raise ProviderAway("connection")
            provider_id = await self._providers.hand_over(message, outgoing)
        except NotDelivered as error:
            again = now()
            if isinstance(error, ProviderAway):
                again = provider.failed()
            if await self._settling.not_sent(message, error, again=again):
                self._to_retry.set()
            return
        provider.answered()
        await self._settling.sent(message, provider_id)

    async def _claim(self, channel: str, most: int, *, letters: bool) -> Sequence[Message]:
        """Claim messages for this process for a while: only letters, or all others."""
        at = now()
        due = (
            select(col(Message.id))
            .where(
                col(Message.channel) == channel,
                (col(Message.template) == LETTER) == letters,
                col(Message.state) == "queued",
                ~col(Message.retrying),
                col(Message.not_before) <= at,
                or_(col(Message.leased_until).is_(None), col(Message.leased_until) < at),
            )
            .order_by(col(Message.not_before))
            .limit(min(most, self._states[channel].may_send()))
            .with_for_update(skip_locked=True)
        )
        claimed = (
            update(Message)
            .where(col(Message.id).in_(due.scalar_subquery()))
            .values(leased_until=at + LEASE, attempts=col(Message.attempts) + 1)
            .returning(Message)
        )
        async with self._database.session() as session:
            return (await session.scalars(claimed)).all()
