"""Schema migrations (Alembic), run under the owner's role."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(database_url: str) -> None:
    """Bring the database at this address (owner's credentials) to the newest version."""
    command.upgrade(configuration(database_url), "head")


def configuration(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["database_url"] = database_url
    return config
