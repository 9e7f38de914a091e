"""The notification service over a small country, with providers of its own and events as the relay
publishes them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.credentials import Credentials
from deploy.local.ports import free_port
from services.notification.messages import channel_choice
from services.notification.models import Channel
from services.notification.proven import proof_digest
from services.notification.sending import sender as sending
from services.notification.working import messages_working
from shared.bus.connection import Bus, connect
from shared.bus.report_events import report_message
from shared.bus.streams import declare
from shared.clock import now
from shared.database.engine import Database
from shared.lifecycle.actions import Action
from shared.lifecycle.events import ReportEvent
from shared.lifecycle.people import ActorKind
from shared.lifecycle.statuses import Status, Tab
from shared.privacy.identity import BlindIndex
from shared.settings import Settings
from tests.conftest import make_settings
from tests.intake.conftest import Country, country, form, running
from tests.intake.conftest import settings as intake_settings
from tests.notification.providers import Gateway, MailServer
from tests.quick_passwords import quick_passwords

__all__ = ["country", "intake_settings", "quick_passwords"]

MAIL, PHONE = "siti@example.org", "+6281234567890"
SHORT = (0.2, 0.2, 0.2)
"""Seconds between retries."""


@pytest.fixture
def never_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the hour in which the tests run."""
    monkeypatch.setattr(channel_choice, "QUIET_FROM", 24)
    monkeypatch.setattr(channel_choice, "QUIET_UNTIL", 0)


@pytest.fixture
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that is away is tried again soon, and what is due is looked for often."""
    monkeypatch.setattr(sending, "AWAY", (0.2,))
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.2)


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer(free_port())


@pytest.fixture
def gateway(credentials: Credentials) -> Gateway:
    return Gateway(free_port(), credentials.application["LAPOR_SMS_GATEWAY_SECRET"])


@pytest.fixture
def settings(
    country: Country,
    fresh_database: Callable[[str], str],
    credentials: Credentials,
    nats_url: str,
    temporal_address: str,
    temporal_namespace: str,
    mail_server: MailServer,
    gateway: Gateway,
    tmp_path: Path,
) -> Settings:
    return make_settings(
        credentials,
        data_dir=tmp_path,
        database_url=fresh_database("lapor_notification"),
        nats_url=nats_url,
        temporal_address=temporal_address,
        temporal_namespace=temporal_namespace,
        public_base_url="http://lapor.test",
        smtp_url=f"smtp://127.0.0.1:{mail_server.port}",
        sms_gateway_url=gateway.url,
    )


@dataclass
class Told:
    """A report whose reporter is told: what happens to it, and what became of the messages."""

    country: Country
    bus: Bus
    settings: Settings
    number: int

    async def happens(self, event: str, status: Status, **changes: Any) -> ReportEvent:
        """An event of the report, as the relay publishes it."""
        facts: dict[str, Any] = {
            "number": self.number,
            "version": 2,
            "event": event,
            "action": Action.VERIFY,
            "actor_kind": ActorKind.STAFF,
            "at": now(),
            "from_status": Status.UNVERIFIED,
            "status": status,
            "tab": Tab.AWAITING_FOLLOW_UP,
            "handler_id": 2,
            "chain": (2,),
            "copies": (),
            "channel": "website",
            "system": None,
            "held": False,
            "overdue": False,
            "due_at": None,
            "auto_close_at": None,
            "details": {},
        }
        happened = ReportEvent.model_validate(facts | changes)
        await self.again(happened)
        return happened

    async def again(self, happened: ReportEvent) -> None:
        """The same event once more, as another message."""
        message = report_message(happened)
        await self.bus.publish(
            message.subject, message.body, msg_id=str(uuid4()), headers=message.headers
        )

    def prove(self, channel: Channel, value: str, **changes: Any) -> None:
        """The contact is the reporter's."""
        holder = f"report-{self.number}"
        index = BlindIndex(self.settings.blind_index_key)
        self.country.all(
            "INSERT INTO notification.contact (id, holder, channel, proven_at, proof, language)"
            " VALUES (%s, %s, %s, %s, %s, 'id')",
            *(uuid4(), holder, channel, changes.get("at", now())),
            proof_digest(index, holder, channel, value),
        )
        self.country.all(
            "INSERT INTO notification.preference (holder, unsubscribe_token, sms)"
            " VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            *(holder, uuid4(), changes.get("sms")),
        )

    def rows(self) -> list[tuple[Any, ...]]:
        """Template, channel, state and reason of each message, in the order of writing."""
        return self.country.all(
            "SELECT template, channel, state, reason FROM notification.message"
            " WHERE number = %s ORDER BY created_at, key",
            self.number,
        )

    async def ended(self, count: int = 1) -> list[tuple[Any, ...]]:
        """The rows, once so many have ended."""

        async def enough() -> bool:
            states = [str(row[2]) for row in self.rows()]
            return sum(state != "queued" for state in states) >= count

        await until(enough)
        return self.rows()


@pytest.fixture
async def bus(settings: Settings) -> AsyncIterator[Bus]:
    await declare(settings.nats_url)
    bus = await connect(settings.nats_url, "test", patience=10)
    await bus.js.purge_stream("REPORTS")
    yield bus
    await bus.close()


Reported = Callable[..., Awaitable[Told]]


@pytest.fixture
async def reported(
    country: Country, bus: Bus, settings: Settings, fresh_database: Callable[[str], str]
) -> Reported:
    """Makes a report with a name, and a phone number and an e-mail address at which messages may
    come, or as told otherwise."""

    async def make(**changes: Any) -> Told:
        who = {"name": "Siti Rahmawati", "phone": PHONE, "email": MAIL}
        safe = {"phone_safe": True, "email_safe": True}
        changes["reporter"] = safe | changes.get("reporter", who)
        at_intake = settings.model_copy(
            update={
                "database_url": fresh_database("lapor_intake"),
                "nats_url": "nats://127.0.0.1:1",
                "temporal_address": "127.0.0.1:1",
            }
        )
        async with running(at_intake) as intake:
            answer = await intake.post(
                "/reports",
                json=form(**changes),
                headers={"Idempotency-Key": str(uuid4())},
            )
        assert answer.status_code == 201, answer.text
        return Told(country, bus, settings, answer.json()["number"])

    return make


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[None]:
    """The service, with short retries."""
    database = Database(settings.database_url)
    async with messages_working(database, settings, asyncio.Event(), SHORT):
        yield
    await database.dispose()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await condition():
            await asyncio.sleep(0.05)


@pytest.fixture
async def caller() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client
