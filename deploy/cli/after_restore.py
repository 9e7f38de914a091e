"""`lapor after-restore`."""

import asyncio


def after_restore() -> None:
    """Make a database restored from a backup ready for use, before the services start.

    Asks Temporal and NATS what the backup does not have: report numbers continue above any ever
    given, and reports that lost later steps continue as new ones for both. Lists what is known of
    the lost time. The worker's sweep then replaces runs that are not for a report's present row.
    Uses the owner's LAPOR_DATABASE_URL, LAPOR_NATS_URL and LAPOR_TEMPORAL_ADDRESS, else the local
    stack's. Safe to run again.
    """
    from deploy import restoring
    from deploy.cli.restore import show_afterwards
    from deploy.credentials import stack_settings
    from shared.bus.connection import connect as connect_bus
    from shared.database.engine import Database
    from shared.temporal.client import connect

    settings = stack_settings()

    async def act() -> restoring.Restored:
        database = Database(settings.database_url, pool_size=1)
        bus = await connect_bus(settings.nats_url, "after-restore", patience=10)
        try:
            client = await connect(settings, "after-restore", lazy=False)
            return await restoring.after_restore(database, client, bus, settings.intake_url)
        finally:
            await bus.close()
            await database.dispose()

    show_afterwards(asyncio.run(act()))
