"""The demo's partner system: another government's application, on NATS with its own key."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nats.aio.msg import Msg

from deploy.demo.driver.api import Refusal
from deploy.partners import register
from shared.bus.cloudevents import encode, event
from shared.bus.connection import Bus, Refused, connect
from shared.database.engine import Database
from shared.settings import Settings

_SYSTEM = "demo-kota"
_NAME = "Demo: Aplikasi Pengaduan Kota"
_RECEIPT_SECONDS = 90.0


class DemoPartner:
    """Publishes as the partner, and waits for the receipt of each message."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._receipts: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def subscribe(self) -> None:
        """Hear receipts from now on."""
        await self._bus.nc.subscribe(f"lapor.v1.partner.{_SYSTEM}.receipt", cb=self._receive)
        await self._bus.nc.flush()

    async def send(self, kind: str, id: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send a message, and give its receipt. Raises `Refusal` with the problems it names."""
        self._receipts[id] = asyncio.get_running_loop().create_future()
        headers, body = encode(event(f"id.go.lapor.{kind}", f"/{_SYSTEM}", data, id=id))
        subject = f"lapor.v1.ingest.{_SYSTEM}.{kind}"
        try:
            await self._bus.publish(subject, body, msg_id=f"{_SYSTEM}-{id}", headers=headers)
            async with asyncio.timeout(_RECEIPT_SECONDS):
                receipt = await self._receipts[id]
        except TimeoutError:
            raise Refusal("no_receipt", subject) from None
        finally:
            del self._receipts[id]
        if not receipt["accepted"]:
            problems = [f"{one['field'] or ''} {one['code']}" for one in receipt["problems"]]
            raise Refusal(", ".join(problems), subject)
        return receipt

    async def _receive(self, message: Msg) -> None:
        receipt = json.loads(message.data)["data"]
        waiting = self._receipts.get(receipt["message_id"])
        if waiting is not None and not waiting.done():
            waiting.set_result(receipt)


@asynccontextmanager
async def open_partner(settings: Settings) -> AsyncIterator[DemoPartner]:
    """The partner, registered as an operator does it if it is not yet. Its credentials are kept
    in the data folder, readable by us only."""
    address = "nats://" + settings.nats_url.rpartition("@")[2].removeprefix("nats://")
    path = settings.data_dir / "demo-partner.json"
    try:
        seed = str(json.loads(path.read_text())["nkey_seed"])
        bus = await connect(address, "demo-partner", patience=10, nkey_seed=seed)
    except (FileNotFoundError, Refused):  # a new database, or keys of another
        seed = await _register(settings, path)
        bus = await connect(address, "demo-partner", patience=10, nkey_seed=seed)
    try:
        partner = DemoPartner(bus)
        await partner.subscribe()
        yield partner
    finally:
        await bus.close()


async def _register(settings: Settings, path: Path) -> str:
    """The seed of the partner's new key."""
    folder = settings.data_dir / "nats"
    database = Database(settings.database_url, pool_size=1, application="lapor-demo")
    try:
        async with database.session() as session:
            active = {one.system for one in await register.partners(session) if one.active}
        if _SYSTEM in active:
            given = await register.rotate(database, settings.nats_url, folder, _SYSTEM)
        else:
            given = await register.add(database, settings.nats_url, folder, _NAME, _SYSTEM)
    finally:
        await database.dispose()
    kept = {"system": _SYSTEM, "nkey_seed": given.nkey_seed, "http_token": given.http_token}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(kept, file)
    return given.nkey_seed
