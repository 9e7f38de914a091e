-- A checked spreadsheet, encrypted, until it is imported or its time is up.

CREATE TABLE routing.import_file (
    import_id UUID NOT NULL,
    content BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (import_id),
    FOREIGN KEY(import_id) REFERENCES routing.import (id)
);

ALTER TABLE routing.import ADD COLUMN run_id UUID;

GRANT SELECT, INSERT, DELETE ON routing.import_file TO lapor_routing;
