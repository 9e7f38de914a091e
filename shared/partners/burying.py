"""A message that cannot be taken: a dead letter and its receipt, in one transaction."""

from nats.aio.msg import Msg

from shared.bus.connection import Bus
from shared.bus.consumer import Bury
from shared.bus.dead_letters import announce, keep
from shared.bus.trouble import BadMessage
from shared.database.engine import Database
from shared.identity import IdentityCipher
from shared.partners.problems import problems_of
from shared.partners.reading import recognise
from shared.partners.receipts import tell


def burying(bus: Bus, database: Database, cipher: IdentityCipher) -> Bury:
    """For a `Consumer` of what partners send. Operators find the message with `lapor
    dead-letters`; its sender is told what is wrong."""

    async def bury(message: Msg, bad: BadMessage) -> None:
        sent = recognise(message)
        async with database.session() as session:
            letter = await keep(session, cipher, message, bad)
            receipt = sent.receipt(accepted=False, problems=problems_of(bad))
            await tell(session, [(sent, receipt)])
        await announce(bus, letter, sent.stream, bad.code)

    return bury
