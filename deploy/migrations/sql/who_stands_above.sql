-- Who may decide for an agency, and chains that follow the tree.

CREATE OR REPLACE VIEW routing.agency_directory AS
SELECT a.id, a.code, a.name, a.kind, a.parent_id, a.path, a.zone, a.active, a.successor_id,
       a.active AND EXISTS (
           SELECT FROM routing.staff s
           WHERE s.agency_id = a.id AND s.active AND s.role <> 'liaison_officer') AS has_admin,
       a.active AND EXISTS (
           SELECT FROM routing.staff s WHERE s.agency_id = a.id AND s.active) AS has_officer,
       CASE WHEN a.active THEN (
           SELECT count(*) FROM routing.staff s
           WHERE s.agency_id = a.id AND s.active AND s.role <> 'liaison_officer'
       ) ELSE 0 END AS admins,
       EXISTS (
           SELECT FROM routing.agency up JOIN routing.staff s ON s.agency_id = up.id
           WHERE up.id = ANY (trim_array(a.path, 1)) AND up.active AND s.active
             AND s.role <> 'liaison_officer') AS admin_above
FROM routing.agency a;

-- Nobody asks for a hand-over of the kind `chains` that is begun here.
ALTER TABLE routing.handover
    ALTER COLUMN staff_id DROP NOT NULL,
    ALTER COLUMN role DROP NOT NULL,
    ALTER COLUMN staff_agency_id DROP NOT NULL;

-- Chains of before may name agencies that do not stand above the next one any more.
INSERT INTO routing.handover (id, kind, from_id, to_id, agency_id, total)
SELECT gen_random_uuid(), 'chains', id, id, id, 0 FROM routing.agency WHERE parent_id IS NULL;
