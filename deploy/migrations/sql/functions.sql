-- A service states that the workflow refused its command; the first outcome stays.
CREATE FUNCTION lifecycle.refuse_command(command_id uuid, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = lifecycle, pg_temp AS $$
    UPDATE lifecycle.command c
    SET done = false, refusal = reason, version = r.version, status = r.status
    FROM lifecycle.report r
    WHERE c.id = command_id AND c.done IS NULL AND r.number = c.number
$$;
REVOKE ALL ON FUNCTION lifecycle.refuse_command FROM PUBLIC;

-- A service states that a member of staff read what must be accounted for.
CREATE FUNCTION routing.log_access(
    report_number bigint, what text, reader_id integer, reader_agency_id integer, subject uuid
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = routing, pg_temp AS $$
    INSERT INTO routing.access_log (number, kind, staff_id, agency_id, subject_id)
    VALUES (report_number, what, reader_id, reader_agency_id, subject)
$$;
REVOKE ALL ON FUNCTION routing.log_access FROM PUBLIC;
