-- Parts of long SMS are known by sender and gateway id, and belong to a message of their own.

ALTER TABLE intake.sms_part
    ADD COLUMN message uuid,
    ADD COLUMN digest bytea,
    ADD COLUMN set_aside varchar,
    ADD COLUMN sent_at timestamptz;

UPDATE intake.sms_part p SET message = g.message, sent_at = p.received_at
FROM (
    SELECT sender_index, reference, gen_random_uuid() AS message
    FROM intake.sms_part GROUP BY sender_index, reference
) g
WHERE g.sender_index = p.sender_index AND g.reference = p.reference;

-- A gateway could give an id twice: the later one keeps it, for repeats.
UPDATE intake.sms_part p
SET gateway_id = p.gateway_id || ' ' || p.reference || ' ' || p.part
WHERE EXISTS (
    SELECT FROM intake.sms_part later
    WHERE later.sender_index = p.sender_index AND later.gateway_id = p.gateway_id
        AND (later.received_at, later.reference, later.part)
            > (p.received_at, p.reference, p.part)
);

ALTER TABLE intake.sms_part
    ALTER COLUMN message SET NOT NULL,
    ALTER COLUMN sent_at SET NOT NULL,
    DROP CONSTRAINT sms_part_pkey,
    ADD PRIMARY KEY (sender_index, gateway_id);
DROP INDEX intake.ix_intake_sms_part_gateway_id;
CREATE INDEX sms_part_of_message ON intake.sms_part (message);
