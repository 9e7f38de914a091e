-- Who reads alone is neither an admin nor an officer of the agency.

CREATE OR REPLACE VIEW routing.agency_directory AS
SELECT a.id, a.code, a.name, a.kind, a.parent_id, a.path, a.zone, a.active, a.successor_id,
       a.active AND EXISTS (
           SELECT FROM routing.staff s
           WHERE s.agency_id = a.id AND s.active
             AND s.role NOT IN ('liaison_officer', 'overseer')) AS has_admin,
       a.active AND EXISTS (
           SELECT FROM routing.staff s
           WHERE s.agency_id = a.id AND s.active AND s.role <> 'overseer') AS has_officer,
       CASE WHEN a.active THEN (
           SELECT count(*) FROM routing.staff s
           WHERE s.agency_id = a.id AND s.active
             AND s.role NOT IN ('liaison_officer', 'overseer')
       ) ELSE 0 END AS admins,
       EXISTS (
           SELECT FROM routing.agency up JOIN routing.staff s ON s.agency_id = up.id
           WHERE up.id = ANY (trim_array(a.path, 1)) AND up.active AND s.active
             AND s.role NOT IN ('liaison_officer', 'overseer')) AS admin_above
FROM routing.agency a;

CREATE OR REPLACE FUNCTION routing.note_people(ids bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE routing.agency_words w SET
        has_admin = EXISTS (
            SELECT FROM routing.staff s WHERE s.agency_id = w.agency_id AND s.active
                AND s.role NOT IN ('liaison_officer', 'overseer')),
        has_officer = EXISTS (
            SELECT FROM routing.staff s WHERE s.agency_id = w.agency_id AND s.active
                AND s.role <> 'overseer')
    WHERE w.agency_id = ANY (ids)
$$;
