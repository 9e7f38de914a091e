"""Schema migrations (Alembic), run under the owner's role."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from shared.database.address import connection_string


def upgrade(database_url: str) -> None:
    """Bring the database at this address (owner's credentials) to the newest version."""
    command.upgrade(configuration(database_url), "head")


def is_migrated(database_url: str) -> bool:
    """Whether the database (credentials of any role) has what this version of the code expects: its
    newest migration, or one that a later version made. Raises `psycopg.Error` where it cannot be
    asked; before the first migration nobody may ask."""
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
