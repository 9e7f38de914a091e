"""Load by several channels at once, each of which insists until its report is accepted."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from random import randrange
from typing import Any
from uuid import uuid4

import httpx
from nats.js.errors import BadRequestError
from standardwebhooks import Webhook

from deploy.partners.register import add as add_partner
from shared.bus.connection import Bus, connect
from tests.chaos.people import People
from tests.cluster import ABOVE, OFFICER
from tests.whole_cluster.whole import WholeCluster

_PATIENCE = 180.0
_PACE = 0.5
"""Seconds a lane rests after each report: a backlog of thousands would be late by itself, where
others use the machine too."""
_REPORTER = {"name": "Warga", "phone": "+6281234567890"}


@dataclass
class Crowd(People[WholeCluster]):
    """People who also write by SMS, by another standard, and through a partner system. `sent`
    holds the partner's reports that NATS has taken, by the partner's own numbers."""

    patience: float = _PATIENCE
    sent: list[str] = field(default_factory=list)

    async def by_sms(self, partner: Bus, system: str) -> None:
        id = uuid4().hex
        message = {
            "id": id,
            "from": f"0812{randrange(10**8):08}",
            "text": f"Lampu jalan mati di pasar {id}",
        }
        body = json.dumps(message | {"received_at": datetime.now(UTC).isoformat()})

        async def send() -> httpx.Response:
            at, secret = datetime.now(UTC), self.cluster.settings.sms_secret
            headers = {
                "content-type": "application/json",
                "webhook-id": id,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": Webhook(secret.encode()).sign(id, at, body),
            }
            address = self.cluster.address("intake") + "/channels/sms"
            return await self.cluster.http.post(address, headers=headers, content=body)

        answer = await self.until_answered(send)
        assert answer.status_code == 200, answer.text
        self.accepted[uuid4()] = int(answer.json()["number"])

    async def by_partner(self, partner: Bus, system: str) -> None:
        id = f"luar-{uuid4().hex}"
        await self.send(partner, system, id)
        self.sent.append(id)

    async def send(self, partner: Bus, system: str, id: str) -> int:
        """The report of this id, once NATS has taken it; the message's number in the stream. Where
        there is no room, it is sent again."""
        report = {
            "external_id": id,
            "classification": "complaint",
            "title": "Jembatan retak",
            "body": "Jembatan di kampung kami retak.",
            "reporter": _REPORTER,
        }
        event = {
            "specversion": "1.0",
            "id": id,
            "source": f"/{system}",
            "type": "id.go.lapor.report",
            "datacontenttype": "application/json",
            "data": report,
        }
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    taken = await partner.publish(
                        f"lapor.v1.ingest.{system}.report",
                        json.dumps(event).encode(),
                        msg_id=f"{system}-{id}",
                        headers={"content-type": "application/cloudevents+json"},
                        give_up_after=_PATIENCE,
                    )
                except BadRequestError:  # our account's quota is used up
                    self.put_off += 1
                    await asyncio.sleep(0.5)
                else:
                    return taken.seq

    async def by_form(self, partner: Bus, system: str) -> None:
        """A whole life: reported, verified, followed up, and every other one closed."""
        number = await self.in_process()
        if number % 2:
            await self.close(number)

    async def asks_to_close(self, partner: Bus, system: str) -> None:
        number = await self.in_process()
        body = {"kind": "close", "reason": "Sudah selesai."}
        asked = await self.does("followup", number, "requests", OFFICER, body)
        request = asked.json()["command_id"]
        decision = f"requests/{request}/accept"
        await self.does("followup", number, decision, ABOVE, {"note": "Selesai."})


@asynccontextmanager
async def under_load(crowd: Crowd) -> AsyncIterator[None]:
    """Every channel at work while the block runs; what was begun is ended then. `crowd.accepted`
    and `crowd.sent` are what must be there."""
    over = asyncio.Event()

    async def lane(by: Callable[[Bus, str], Awaitable[None]]) -> None:
        while not over.is_set():
            await by(bus, system)
            await asyncio.sleep(_PACE)

    async with partner(crowd, "Mitra") as (bus, system), asyncio.TaskGroup() as group:
        for by in (crowd.by_form, crowd.by_sms, crowd.by_partner, crowd.asks_to_close):
            group.create_task(lane(by))
        try:
            yield
        finally:
            over.set()


@asynccontextmanager
async def partner(crowd: Crowd, name: str) -> AsyncIterator[tuple[Bus, str]]:
    """The connection of a partner system let in just now, and its short name."""
    cluster = crowd.cluster
    name = f"{name} {next(_partners)} {uuid4().hex[:6]}"
    known = await add_partner(cluster.owner, cluster.settings, name)
    servers = cluster.addresses.nats_servers
    bus = await connect(servers, known.system, patience=60, credentials=known.nats)
    try:
        yield bus, known.system
    finally:
        await bus.close()


async def partners_reports_arrived(crowd: Crowd) -> None:
    """Each that NATS has taken became one report, whose numbers are accepted ones from now on.
    Raises `TimeoutError` for one that is missing after two minutes."""
    query = "SELECT external_id, number FROM lifecycle.report WHERE external_id = ANY(:ids)"
    rows: list[Any] = []
    async with asyncio.timeout(120):
        while len({row.external_id for row in rows}) < len(crowd.sent):
            rows = await crowd.cluster.rows(query, ids=crowd.sent)
            await asyncio.sleep(0.2)
    assert len(rows) == len(crowd.sent), "a partner's report is there twice"
    crowd.accepted |= {uuid4(): row.number for row in rows}
    crowd.sent.clear()


_partners = count(1)
