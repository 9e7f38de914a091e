"""The words of published reports, by which a search recognises a typing error."""

from alembic import op

revision = "0104"
down_revision = "0103"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE routing.report_word (
            word VARCHAR COLLATE "C" NOT NULL,
            reports INTEGER NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (word)
        );
        CREATE INDEX report_word_like ON routing.report_word USING gin (word gin_trgm_ops);
        CREATE TABLE routing.words_gathered (
            id INTEGER NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (id)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.report_word, routing.words_gathered
            TO lapor_routing;
    """)
