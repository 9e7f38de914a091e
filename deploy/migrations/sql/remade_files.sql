-- Files of anonymous reports are served as they were remade, and their originals kept sealed.

-- `state`: as_sent, pending (to be remade), remade, sealed (cannot be remade; `sealed_because`).
ALTER TABLE intake.attachment
    ADD COLUMN state VARCHAR DEFAULT 'as_sent' NOT NULL,
    ADD COLUMN sealed_because VARCHAR,
    ADD COLUMN attempts INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN leased_until TIMESTAMP WITH TIME ZONE;
CREATE INDEX attachment_pending ON intake.attachment (leased_until) WHERE state = 'pending';

ALTER TABLE followup.attachment
    ADD COLUMN state VARCHAR DEFAULT 'as_sent' NOT NULL,
    ADD COLUMN sealed_because VARCHAR,
    ADD COLUMN attempts INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN leased_until TIMESTAMP WITH TIME ZONE;
CREATE INDEX attachment_pending ON followup.attachment (leased_until) WHERE state = 'pending';

-- What was sent: its hash for ever, and the key it is encrypted with, itself encrypted.
CREATE TABLE lifecycle.sealed_original (
    attachment_id UUID NOT NULL,
    number BIGINT NOT NULL,
    command_id UUID,
    key VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    data_key BYTEA NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (attachment_id)
);
CREATE INDEX ix_lifecycle_sealed_original_number ON lifecycle.sealed_original (number);
GRANT SELECT, INSERT ON lifecycle.sealed_original TO lapor_intake, lapor_followup;
-- A data key is encrypted anew when the identity keys are changed; nothing else changes.
GRANT UPDATE (data_key) ON lifecycle.sealed_original TO lapor_intake, lapor_followup;
GRANT SELECT ON lifecycle.sealed_original TO lapor_routing;

-- A file that may not be served has no key: no reader of these views can open it by mistake.
DROP VIEW intake.published_attachment;
CREATE VIEW intake.published_attachment AS
SELECT a.id, a.number, CASE WHEN served.yes THEN a.key END AS key, a.name, a.media_type, a.size,
       coalesce((
           SELECT a.id = ANY (v.released_attachments)
           FROM routing.verification v
           JOIN lifecycle.command c ON c.id = v.command_id AND c.done
           WHERE v.number = a.number ORDER BY c.version DESC LIMIT 1), false) AS released,
       served.yes AS served,
       CASE WHEN a.state = 'as_sent' AND NOT served.yes THEN 'pending' ELSE a.state END AS state
FROM intake.attachment a
JOIN lifecycle.report r ON r.number = a.number,
LATERAL (SELECT a.state = 'remade' OR a.state = 'as_sent' AND NOT r.anonymous AS yes) served;
GRANT SELECT ON intake.published_attachment TO lapor_intake, lapor_routing, lapor_followup,
    lapor_reporting;

DROP VIEW followup.published_attachment;
CREATE VIEW followup.published_attachment AS
SELECT a.id, a.number, a.command_id, CASE WHEN served.yes THEN a.key END AS key, a.name,
       a.media_type, a.size, served.yes AS served,
       CASE WHEN a.state = 'as_sent' AND NOT served.yes THEN 'pending' ELSE a.state END AS state
FROM followup.attachment a
JOIN lifecycle.command c ON c.id = a.command_id AND c.done
JOIN followup.message m ON m.command_id = a.command_id
JOIN lifecycle.report r ON r.number = a.number,
LATERAL (SELECT a.state = 'remade' OR a.state = 'as_sent'
                AND (m.actor_kind = 'staff' OR NOT r.anonymous) AS yes) served;
GRANT SELECT ON followup.published_attachment TO lapor_followup, lapor_routing, lapor_intake,
    lapor_reporting;

-- What is there of anonymous reports waits to be remade; `lapor attachments remake` shows how far.
UPDATE intake.attachment a SET state = 'pending'
FROM lifecycle.report r WHERE r.number = a.number AND r.anonymous;
UPDATE followup.attachment a SET state = 'pending'
FROM lifecycle.report r, followup.message m
WHERE r.number = a.number AND r.anonymous AND m.command_id = a.command_id
  AND m.actor_kind <> 'staff';

-- A report that staff make anonymous: the reporter's files wait from that moment.
CREATE FUNCTION lifecycle.remake_files() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    UPDATE intake.attachment SET state = 'pending'
    WHERE number = NEW.number AND state = 'as_sent';
    UPDATE followup.attachment a SET state = 'pending' FROM followup.message m
    WHERE a.number = NEW.number AND a.state = 'as_sent'
      AND m.command_id = a.command_id AND m.actor_kind <> 'staff';
    RETURN NULL;
END $$;
CREATE TRIGGER remake_files AFTER UPDATE OF anonymous ON lifecycle.report
FOR EACH ROW WHEN (NEW.anonymous AND NOT OLD.anonymous)
EXECUTE FUNCTION lifecycle.remake_files();

-- A file that came while it was made so: seen at the commit, under the report's lock.
CREATE FUNCTION followup.remake_file() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    hidden boolean;
BEGIN
    SELECT anonymous INTO hidden FROM lifecycle.report WHERE number = NEW.number FOR SHARE;
    IF hidden THEN
        UPDATE followup.attachment a SET state = 'pending' FROM followup.message m
        WHERE a.id = NEW.id AND a.state = 'as_sent'
          AND m.command_id = a.command_id AND m.actor_kind <> 'staff';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER remake_file AFTER INSERT ON followup.attachment
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'as_sent')
EXECUTE FUNCTION followup.remake_file();
