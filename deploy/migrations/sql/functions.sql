-- A service states that the workflow refused its command; the first outcome stays.
CREATE FUNCTION lifecycle.refuse_command(command_id uuid, reason text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = lifecycle, pg_temp AS $$
    UPDATE lifecycle.command c
    SET done = false, refusal = reason, version = r.version, status = r.status
    FROM lifecycle.report r
    WHERE c.id = command_id AND c.done IS NULL AND r.number = c.number
$$;
REVOKE ALL ON FUNCTION lifecycle.refuse_command FROM PUBLIC;
