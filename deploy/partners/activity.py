"""Which partners are connected, and which do not use their new credentials yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nats.js.errors import NotFoundError

from deploy.nats.authority import Authority
from deploy.nats.system import open_system
from services.intake.partners.model import Partner
from shared.bus.connection import connect
from shared.bus.streams import PARTNERS
from shared.settings import Settings


@dataclass(frozen=True)
class Activity:
    """The activity of a partner. `last_seen` is when a connection was last active, as far as the
    nodes remember; `last_message` is when one of its messages last got a receipt, as long as
    receipts are kept."""

    connections: int
    last_seen: datetime | None
    last_message: datetime | None


async def activities(settings: Settings, known: Sequence[Partner]) -> dict[str, Activity]:
    """Return the activities by short name, without partners that never had credentials with NATS's
    own keys. Raises `StackError` if NATS is unavailable or the keys to ask it are missing."""
    having = {p.system: p.nats_account for p in known if p.nats_account is not None}
    async with open_system(Authority.of(settings), settings.nats_url) as system:
        presences = {name: await system.presence(account) for name, account in having.items()}
    last = await _last_messages(settings.nats_url, list(having))
    return {
        name: Activity(presence.connections, presence.last_activity, last[name])
        for name, presence in presences.items()
    }


async def _last_messages(nats_url: str, systems: Sequence[str]) -> dict[str, datetime | None]:
    bus = await connect(nats_url, "partner-list", patience=10)
    times: dict[str, datetime | None] = {}
    try:
        for system in systems:
            subject = f"lapor.v1.partner.{system}.receipt"
            try:
                times[system] = (await bus.js.get_last_msg(PARTNERS.name, subject)).time
            except NotFoundError:
                times[system] = None
    finally:
        await bus.close()
    return times
