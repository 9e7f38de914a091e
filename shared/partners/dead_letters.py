"""A partner's bad message: kept as a dead letter, with a receipt to its sender, in one
transaction."""

from typing import Final

from nats.aio.msg import Msg
from prometheus_client import Counter

from shared.bus.connection import Bus
from shared.bus.consumer import Bury
from shared.bus.dead_letters import announce, has_room, keep
from shared.bus.errors import NOT_KEPT, BadMessage
from shared.database.engine import Database
from shared.partners.message_reading import recognise
from shared.partners.problems import problems_of
from shared.partners.receipts import queue_receipts
from shared.privacy.identity import IdentityCipher
from shared.telemetry import registry

OUR_TROUBLE: Final = frozenset({"given_up"})
"""A message that may be good is kept, whatever else its sender sent."""


def partner_dead_letters(bus: Bus, database: Database, cipher: IdentityCipher) -> Bury:
    """Make the `Bury` of a `Consumer` that reads partners' messages.

    Operators find the message with `lapor dead-letters`. Its sender gets a receipt with the
    problems, also if the day's quota is used up and the message is only counted.
    """

    async def bury(message: Msg, bad: BadMessage) -> str | None:
        sent, letter = recognise(message), None
        async with database.session() as session:
            if bad.code in OUR_TROUBLE or await has_room(session, sent.system, message):
                letter = await keep(session, cipher, message, bad)
            problems = problems_of(bad)
            if letter is None:
                problems += problems_of(_BEYOND)
            await queue_receipts(session, [(sent, sent.receipt(accepted=False, problems=problems))])
        if letter is None:
            _not_kept.labels(sent.system).inc()
            return NOT_KEPT
        await announce(bus, letter, sent.stream, bad.code)
        return None

    return bury


_BEYOND = BadMessage("not_kept", "beyond the day's quota of bad messages")
_not_kept = Counter(
    "lapor_dead_letters_not_kept",
    "Bad messages of a partner beyond the day's quota: it got receipts, but they were not kept",
    ["system"],
    registry=registry,
)
