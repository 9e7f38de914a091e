-- Webhooks of agencies' own systems.

GRANT SELECT, INSERT, UPDATE, DELETE ON reporting.webhook, reporting.webhook_delivery,
    reporting.webhook_attempt TO lapor_reporting;

-- An event that cannot be read is kept as a dead letter by whoever could not read it.
GRANT SELECT, INSERT ON lifecycle.dead_letter TO lapor_reporting;
