"""`lapor migrate`, and `lapor migrated`, which waits until the database is migrated."""

import asyncio
import time


def migrate() -> None:
    """Bring database, NATS streams and Temporal to what this version expects.

    Adds the data that every system begins with, if missing: pusat, the guide's process times, and
    the holidays known so far. The first person is added by `lapor staff add … --agency pusat`. Uses
    the environment's LAPOR_DATABASE_URL (the owner's role) and LAPOR_NATS_URL, else the local
    stack's. Safe to run again.
    """
    from deploy import foundation
    from deploy.credentials import stack_settings
    from deploy.local.migrate import (
        declare_streams,
        migrate_database,
        register_search_attributes,
    )

    settings = stack_settings()

    async def everything() -> None:
        await migrate_database(settings.database_url)
        await foundation.add_missing(settings.database_url)
        await declare_streams(settings.nats_url, settings.nats_replicas)
        await register_search_attributes(settings)

    asyncio.run(everything())
    print("Database, streams and search attributes are up to date.")


def migrated() -> None:
    """Wait until the database is what this version expects, without changing anything.

    For the processes of a new version that start together with its `lapor migrate`.
    LAPOR_DATABASE_URL may have any process's role. An unavailable or empty database is waited for.
    """
    import psycopg

    from deploy.migrations import is_migrated
    from shared.resilience.reasons import reason
    from shared.settings import Settings

    url, last_reason = Settings().database_url, ""
    while True:
        try:
            if is_migrated(url):
                break
            why = "it has not been migrated to this version"
        except psycopg.Error as error:
            why = reason(error)
        if why != last_reason:
            print(f"Waiting for the database: {why}", flush=True)
        last_reason = why
        time.sleep(1)
    print("The database is what this version expects.")
