"""Abbreviations and their meanings are words as searches have them: what else stood there made
every search fail that met it."""

from alembic import op

revision = "0122"
down_revision = "0121"


def upgrade() -> None:
    op.execute("""
        DELETE FROM routing.abbreviation
        WHERE short COLLATE "C" !~ '^[a-z0-9]+$'
            OR meaning COLLATE "C" !~ '^[a-z0-9]+( [a-z0-9]+)*$';
        ALTER TABLE routing.abbreviation
            ADD CONSTRAINT abbreviation_is_folded CHECK (
                short COLLATE "C" ~ '^[a-z0-9]+$'
                AND meaning COLLATE "C" ~ '^[a-z0-9]+( [a-z0-9]+)*$');
    """)
