"""An account cannot be found by a contact that is not proven.

Accounts are entered with a contact and a password, and several accounts may have the same contact.
Manual reports that were put into an account because of its contact leave it: what staff typed stays
with the report, and the reporter has the access code that was handed out.
"""

from alembic import op

revision = "0020"
down_revision = "0026"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE intake.account_entry (
            contact BYTEA NOT NULL,
            reporter_id INTEGER NOT NULL,
            password_hash VARCHAR NOT NULL,
            PRIMARY KEY (contact, reporter_id),
            FOREIGN KEY(reporter_id) REFERENCES intake.reporter (id)
        );
        CREATE INDEX ix_intake_account_entry_reporter_id ON intake.account_entry (reporter_id);
        GRANT SELECT, INSERT, UPDATE, DELETE ON intake.account_entry TO lapor_intake;

        INSERT INTO intake.account_entry (contact, reporter_id, password_hash)
        SELECT contact, id, password_hash
        FROM intake.reporter, unnest(ARRAY[phone_index, email_index]) AS contact
        WHERE contact IS NOT NULL AND password_hash IS NOT NULL;

        ALTER TABLE intake.reporter DROP COLUMN phone_index, DROP COLUMN email_index;

        UPDATE intake.submission SET reporter_id = NULL
        WHERE made_by IS NOT NULL AND reporter_id IS NOT NULL;
    """)
