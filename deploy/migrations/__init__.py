"""Schema migrations (Alembic), run under the owner's role."""

import logging
import time
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError

from shared.database.address import connection_string

TRIES = 60
"""Tries to get one lock before a migration gives up: with the pauses, some ten minutes."""
_PAUSE = 5.0

log = logging.getLogger(__name__)


def upgrade(database_url: str) -> None:
    """Bring the database at this address (owner's credentials) to the newest version.

    A migration that waits for a table blocks everyone who comes after it. So it waits only for some
    seconds, lets the others go first, and tries again. Raises `LockNotAvailable` in the end; what
    was done until then is kept.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            command.upgrade(configuration(database_url), "head")
            return
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            if not tries_left:
                raise error.orig from None
            log.warning("A migration waits for a table that is in use, and tries again.")
        time.sleep(_PAUSE)


def is_migrated(database_url: str) -> bool:
    """Return whether the database (credentials of any role) has what this version of the code
    expects: its newest migration, or one from a later version. Raises `psycopg.Error` if it cannot
    be queried; before the first migration no role may query it."""
    scripts = ScriptDirectory.from_config(configuration(database_url))
    known = [script.revision for script in scripts.walk_revisions()]  # the newest first
    with psycopg.connect(connection_string(database_url, "lapor-migrated")) as connection:
        rows = connection.execute("SELECT version_num FROM schema_version").fetchall()
    return all(version not in known[1:] for (version,) in rows) and bool(rows)


def configuration(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["database_url"] = database_url
    return config
