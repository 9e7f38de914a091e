-- Sessions of reporters with an account; and who stores dead letters does not read them.

CREATE TABLE intake.reporter_session (
    id UUID NOT NULL,
    reporter_id INTEGER NOT NULL,
    token_hash BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(reporter_id) REFERENCES intake.reporter (id),
    UNIQUE (token_hash)
);

CREATE INDEX ix_intake_reporter_session_reporter_id ON intake.reporter_session (reporter_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON intake.reporter_session TO lapor_intake;

REVOKE SELECT ON lifecycle.dead_letter FROM lapor_reporting;
GRANT SELECT (id, stream, stream_sequence, received_at) ON lifecycle.dead_letter TO lapor_reporting;
