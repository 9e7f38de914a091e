"""An event that cannot be read: kept as a dead letter."""

from nats.aio.msg import Msg

from shared.bus import dead_letters
from shared.bus.connection import Bus
from shared.bus.consumer import Bury
from shared.bus.errors import BadMessage
from shared.bus.streams import Durable
from shared.database.engine import Database
from shared.identity import IdentityCipher


def burying(bus: Bus, database: Database, cipher: IdentityCipher, durable: Durable) -> Bury:
    """For a `Consumer` of events of reports; operators find it with `lapor dead-letters`."""

    async def bury(message: Msg, bad: BadMessage) -> None:
        async with database.session() as session:
            letter = await dead_letters.keep(session, cipher, message, bad)
        await dead_letters.announce(bus, letter, durable.stream, bad.code)

    return bury
