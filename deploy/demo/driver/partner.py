"""The demo's partner system: another government's application, on NATS with its own key."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from nats.aio.msg import Msg

from deploy.demo.driver import bodies
from deploy.demo.driver.api import File, Refusal
from deploy.demo.reports import DemoReport
from deploy.partners import register
from shared.bus.cloudevents import encode, event
from shared.bus.connection import Bus, Refused, connect
from shared.database.engine import Database
from shared.settings import Settings

SYSTEM = "demo-kota"
NAME = "Demo: Aplikasi Pengaduan Kota"
_RECEIPT_SECONDS = 90.0


class DemoPartner:
    """Publishes as the partner, and waits for the receipt of each message."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Hear receipts from now on."""
        await self._bus.nc.subscribe(f"lapor.v1.partner.{SYSTEM}.receipt", cb=self._hear)
        await self._bus.nc.flush()

    async def exchange(self, kind: str, id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send a message, and give its receipt. Raises `Refusal` with the problem it names."""
        receipt: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[id] = receipt
        headers, body = encode(event(f"id.go.lapor.{kind}", f"/{SYSTEM}", data, id=id))
        subject = f"lapor.v1.ingest.{SYSTEM}.{kind}"
        try:
            await self._bus.publish(subject, body, msg_id=f"{SYSTEM}-{id}", headers=headers)
            async with asyncio.timeout(_RECEIPT_SECONDS):
                said = await receipt
        except TimeoutError:
            raise Refusal("no_receipt", subject) from None
        finally:
            del self._waiting[id]
        if not said["accepted"]:
            problems = [f"{one['field'] or ''} {one['code']}".strip() for one in said["problems"]]
            raise Refusal(", ".join(problems), subject)
        return said

    async def submit(self, report: DemoReport, external_id: str, today: date) -> int:
        """Send a report; its number."""
        form = bodies.report_form(report, today) | {"reporter": bodies.reporter(report)}
        said = await self.exchange("report", external_id, {**form, "external_id": external_id})
        return int(said["number"])

    async def _hear(self, message: Msg) -> None:
        said = json.loads(message.data)["data"]
        receipt = self._waiting.get(said["message_id"])
        if receipt is not None and not receipt.done():
            receipt.set_result(said)


class ThroughPartner:
    """A reporter who uses the partner's application."""

    def __init__(self, partner: DemoPartner, external_id: str) -> None:
        self._partner = partner
        self._external_id = external_id
        self._said = 0

    async def complete_information(self, words: str, files: list[File]) -> None:
        await self._say("information", text=words)

    async def reply(self, words: str, files: list[File]) -> None:
        await self._say("reply", text=words)

    async def withdraw(self) -> None:
        await self._say("withdrawal")

    async def declare_satisfied(self, rating: int, words: str) -> None:
        await self._say("satisfaction", rating=rating, text=words)

    async def _say(self, kind: str, **data: Any) -> None:
        self._said += 1
        id = f"{self._external_id}-{self._said}"
        await self._partner.exchange(kind, id, {**data, "external_id": self._external_id})


@asynccontextmanager
async def open_partner(settings: Settings) -> AsyncIterator[DemoPartner]:
    """The partner, let in as an operator does it if it is not in yet. Its credentials are kept in
    the data folder, readable by us only."""
    address = "nats://" + settings.nats_url.rpartition("@")[2].removeprefix("nats://")
    path = settings.data_dir / "demo-partner.json"
    seed = _kept(path) or await _let_in(settings, path)
    try:
        bus = await connect(address, "demo-partner", patience=10, nkey_seed=seed)
    except Refused:  # of another database
        seed = await _let_in(settings, path)
        bus = await connect(address, "demo-partner", patience=10, nkey_seed=seed)
    partner = DemoPartner(bus)
    try:
        await partner.listen()
        yield partner
    finally:
        await bus.close()


def _kept(path: Path) -> str | None:
    return str(json.loads(path.read_text())["nkey_seed"]) if path.exists() else None


async def _let_in(settings: Settings, path: Path) -> str:
    folder = settings.data_dir / "nats"
    database = Database(settings.database_url, pool_size=1, application="lapor-demo")
    try:
        async with database.session() as session:
            known = {one.system for one in await register.partners(session) if one.active}
        if SYSTEM in known:  # its key is lost
            await register.remove(database, folder, SYSTEM)
        given = await register.add(database, settings.nats_url, folder, NAME, SYSTEM)
    finally:
        await database.dispose()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        kept = {"system": SYSTEM, "nkey_seed": given.nkey_seed, "http_token": given.http_token}
        json.dump(kept, file)
    return given.nkey_seed
