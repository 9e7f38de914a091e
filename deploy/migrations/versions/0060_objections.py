"""A reporter may object to a closing or archiving, and reads which other offices to turn to.

Pusat edits the texts of `routing.recourse`. A row applies to a report that matches everything that
the row names.
"""

from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE lifecycle.request
            ALTER COLUMN staff_id DROP NOT NULL,
            ADD COLUMN reason_code VARCHAR
    """)
    op.execute("""
        CREATE TABLE routing.recourse (
            code VARCHAR NOT NULL,
            place INTEGER NOT NULL,
            name VARCHAR NOT NULL,
            how VARCHAR NOT NULL,
            url VARCHAR,
            archive_category VARCHAR,
            classification VARCHAR,
            category_id INTEGER,
            active BOOLEAN DEFAULT true NOT NULL,
            PRIMARY KEY (code),
            FOREIGN KEY (category_id) REFERENCES routing.category (id)
        )
    """)
    op.execute("""
        INSERT INTO routing.recourse (place, code, name, how, url, archive_category, classification)
        VALUES
        (1, 'police', 'Kepolisian', 'Perkara pidana dilaporkan ke kantor polisi terdekat atau'
            ' telepon 110.', NULL, 'criminal_case', NULL),
        (2, 'internal_oversight', 'Inspektorat (APIP)', 'Dugaan penyimpangan oleh aparat diperiksa'
            ' oleh pengawas intern instansinya.', NULL, NULL, 'complaint_with_oversight'),
        (3, 'information_commission', 'Komisi Informasi', 'Sengketa informasi publik diselesaikan'
            ' di Komisi Informasi.', 'https://komisiinformasi.go.id', NULL,
            'information'),
        (4, 'ombudsman', 'Ombudsman Republik Indonesia', 'Bila pelayanan publik tidak semestinya:'
            ' telepon 137 atau datang ke kantor perwakilan.', 'https://ombudsman.go.id', NULL, NULL)
    """)
    op.execute("""
        CREATE VIEW routing.published_recourse AS
        SELECT code, place, name, how, url, archive_category, classification, category_id
        FROM routing.recourse WHERE active
    """)
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON routing.recourse TO lapor_routing")
    op.execute("GRANT SELECT ON routing.published_recourse TO lapor_routing, lapor_intake")
