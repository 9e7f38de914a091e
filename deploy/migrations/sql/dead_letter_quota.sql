-- Dead letters: a quota a system, discarded with a reason, and gone after a while.

ALTER TABLE lifecycle.dead_letter
    ADD COLUMN resolved_at timestamptz,
    ADD COLUMN discarded varchar;
UPDATE lifecycle.dead_letter SET resolved_at = coalesce(retried_at, now()) WHERE resolved;
CREATE INDEX dead_letter_of_system ON lifecycle.dead_letter (system, received_at);

CREATE TABLE lifecycle.dead_letter_not_kept (
    system varchar NOT NULL,
    day date NOT NULL,
    letters integer NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (system, day)
);
GRANT SELECT, INSERT, UPDATE ON lifecycle.dead_letter_not_kept TO lapor_intake, lapor_followup;
GRANT SELECT, DELETE ON lifecycle.dead_letter_not_kept TO lapor_worker;
GRANT DELETE ON lifecycle.dead_letter TO lapor_worker;
