-- Managing people and agencies.

-- What the worker is to hand over, with the time zone of who takes over.
CREATE VIEW routing.published_handover AS
SELECT h.id, h.kind, h.from_id, h.to_id, h.agency_id, h.staff_id, h.role, h.staff_agency_id,
       h.asked_at, a.zone
FROM routing.handover h LEFT JOIN routing.agency a ON h.kind <> 'assignments' AND a.id = h.to_id;

GRANT SELECT, INSERT, UPDATE, DELETE ON routing.password_link, routing.second_factor,
    routing.recovery_code, routing.handover, routing.import, routing.management_log
    TO lapor_routing;
REVOKE UPDATE, DELETE ON routing.management_log FROM lapor_routing;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA routing TO lapor_routing;
GRANT SELECT ON routing.published_handover TO lapor_worker;

GRANT SELECT ON lifecycle.calendar_mark, lifecycle.redating_progress, lifecycle.handover_progress
    TO lapor_routing;
GRANT SELECT, INSERT, UPDATE ON lifecycle.redating_progress, lifecycle.handover_progress
    TO lapor_worker;
