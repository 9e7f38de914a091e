-- A role per service: it writes its own schema and, in lifecycle, exactly what is named here.

GRANT USAGE ON SCHEMA lifecycle TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting,
    lapor_worker, lapor_relay;
GRANT SELECT ON lifecycle.report, lifecycle.report_text, lifecycle.history, lifecycle.command,
    lifecycle.request, lifecycle.copy, lifecycle.escalation, lifecycle.ended_count
    TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting, lapor_worker;
GRANT INSERT ON lifecycle.command, lifecycle.outbox
    TO lapor_intake, lapor_routing, lapor_followup, lapor_worker;
GRANT INSERT ON lifecycle.report, lifecycle.report_text, lifecycle.history TO lapor_intake;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA lifecycle
    TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting, lapor_worker;
GRANT EXECUTE ON FUNCTION lifecycle.refuse_command
    TO lapor_intake, lapor_routing, lapor_followup, lapor_worker;
GRANT INSERT, UPDATE, DELETE ON lifecycle.report, lifecycle.report_text,
    lifecycle.command, lifecycle.request, lifecycle.copy, lifecycle.escalation,
    lifecycle.ended_count TO lapor_worker;
GRANT INSERT ON lifecycle.history TO lapor_worker;
GRANT SELECT, INSERT, UPDATE ON lifecycle.calendar_mark TO lapor_worker;
GRANT SELECT, DELETE ON lifecycle.outbox TO lapor_relay;
GRANT SELECT ON lifecycle.outbox TO lapor_worker;
GRANT SELECT, INSERT, UPDATE ON lifecycle.dead_letter TO lapor_intake, lapor_followup,
    lapor_worker;

GRANT USAGE ON SCHEMA intake TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting,
    lapor_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA intake TO lapor_intake;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA intake TO lapor_intake;
GRANT SELECT ON intake.published_attachment TO lapor_routing, lapor_followup, lapor_reporting;
GRANT SELECT ON intake.published_contact TO lapor_routing;
GRANT SELECT ON intake.published_owner TO lapor_routing, lapor_followup;
GRANT SELECT ON intake.partner_directory TO lapor_routing, lapor_followup, lapor_reporting,
    lapor_worker;

GRANT USAGE ON SCHEMA routing TO lapor_intake, lapor_routing, lapor_followup, lapor_reporting,
    lapor_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA routing TO lapor_routing;
REVOKE UPDATE, DELETE ON routing.access_log FROM lapor_routing;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA routing TO lapor_routing;
GRANT SELECT ON routing.agency_directory, routing.staff_directory, routing.published_category,
    routing.published_tag, routing.published_programme, routing.published_policy,
    routing.published_closed_day, routing.published_verification, routing.published_note
    TO lapor_intake, lapor_followup, lapor_reporting, lapor_worker;
GRANT EXECUTE ON FUNCTION routing.log_access TO lapor_followup;

GRANT USAGE ON SCHEMA followup TO lapor_followup, lapor_routing, lapor_intake, lapor_reporting;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA followup TO lapor_followup;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA followup TO lapor_followup;
GRANT SELECT ON followup.published_message, followup.published_attachment
    TO lapor_routing, lapor_intake, lapor_reporting;

GRANT USAGE ON SCHEMA reporting TO lapor_reporting;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA reporting TO lapor_reporting;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA reporting TO lapor_reporting;
