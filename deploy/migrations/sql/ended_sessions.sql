-- A session has one id through all its refresh tokens; one that was ended is remembered while an
-- access token of it could still be shown, and every service can ask.

ALTER TABLE routing.session ADD COLUMN session_id UUID;
UPDATE routing.session SET session_id = id;
ALTER TABLE routing.session ALTER COLUMN session_id SET NOT NULL;
CREATE INDEX ix_routing_session_session_id ON routing.session (session_id);

ALTER TABLE intake.reporter_session ADD COLUMN session_id UUID;
UPDATE intake.reporter_session SET session_id = id;
ALTER TABLE intake.reporter_session ALTER COLUMN session_id SET NOT NULL;
CREATE INDEX ix_intake_reporter_session_session_id ON intake.reporter_session (session_id);

CREATE TABLE routing.ended_session (
    id UUID NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE intake.ended_session (
    id UUID NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);

CREATE VIEW routing.published_ended_session AS SELECT id FROM routing.ended_session;
CREATE VIEW intake.published_ended_session AS SELECT id FROM intake.ended_session;

GRANT SELECT, INSERT, DELETE ON routing.ended_session TO lapor_routing;
GRANT SELECT, INSERT, DELETE ON intake.ended_session TO lapor_intake;
GRANT SELECT ON routing.published_ended_session, intake.published_ended_session
    TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting;
