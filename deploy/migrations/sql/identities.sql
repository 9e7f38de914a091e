-- Every row of a report gets an identity: a number alone may be given again after a restore.
ALTER TABLE lifecycle.report ADD COLUMN identity UUID NOT NULL DEFAULT gen_random_uuid();

UPDATE lifecycle.report
SET state = jsonb_set(state, '{identity}', to_jsonb(identity::text)) WHERE state <> '{}';

-- What the sweep compares with Temporal: the open ones, however many are closed.
CREATE INDEX report_open ON lifecycle.report (number) WHERE ended_at IS NULL;
