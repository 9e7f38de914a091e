"""What keeps the statistics: the reader of events, and the look for agencies that moved."""

from contextlib import AbstractAsyncContextManager

from services.reporting.statistics.event_reader import AT_ONCE, Follower, Moves
from shared.bus.consumer import Consumer
from shared.bus.dead_letters import to_dead_letters
from shared.bus.streams import STATISTICS
from shared.database.engine import Database
from shared.partners.background import in_background
from shared.privacy.identity import IdentityCipher
from shared.settings import Settings

ALWAYS = 1_000_000
"""Deliveries: no report is left out because the database was away for long."""


def statistics_kept(database: Database, settings: Settings) -> AbstractAsyncContextManager[None]:
    """Keep the statistics until the block ends; needs NATS and Postgres, waits for both."""
    cipher = IdentityCipher(settings.identity_keys)
    return in_background(
        settings.nats_url,
        "statistics",
        lambda bus: [
            Consumer(
                bus,
                STATISTICS,
                Follower(database).follow,
                to_dead_letters(bus, database, cipher, STATISTICS.stream),
                batch=AT_ONCE,
                lanes=1,  # whoever writes is alone
                give_up_after=ALWAYS,
            ),
            Moves(database),
        ],
    )
