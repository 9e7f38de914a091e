-- Published views: the only way one schema is read from another.

CREATE VIEW routing.agency_directory AS
SELECT a.id, a.code, a.name, a.kind, a.parent_id, a.path, a.zone, a.active, a.successor_id,
       a.active AND EXISTS (
           SELECT FROM routing.staff s
           WHERE s.agency_id = a.id AND s.active AND s.role <> 'liaison_officer') AS has_admin,
       a.active AND EXISTS (
           SELECT FROM routing.staff s WHERE s.agency_id = a.id AND s.active) AS has_officer
FROM routing.agency a;

CREATE VIEW routing.staff_directory AS
SELECT s.id, s.name, s.role, s.agency_id, a.path AS agency_path,
       s.active AND a.active AS active, s.token_version
FROM routing.staff s JOIN routing.agency a ON a.id = s.agency_id;

CREATE VIEW routing.published_category AS
SELECT id, code, name, parent_id, active FROM routing.category;

CREATE VIEW routing.published_tag AS SELECT id, category_id, name, active FROM routing.tag;

CREATE VIEW routing.published_programme AS SELECT id, name, active FROM routing.programme;

CREATE VIEW routing.published_policy AS
SELECT version, agency_id, body, valid_from FROM routing.policy;

CREATE VIEW routing.published_closed_day AS SELECT day, name FROM routing.closed_day;

-- What the worker copies into the report with the step that verifies or amends it.
CREATE VIEW routing.published_verification AS
SELECT command_id, number, title, body, category_id, tag_ids, programme_id, region_code, place,
       latitude, longitude, released_attachments
FROM routing.verification;

-- Notes and messages appear once their command is done.
CREATE VIEW routing.published_note AS
SELECT n.command_id, n.number, n.action, n.words, n.staff_id, n.at
FROM routing.note n JOIN lifecycle.command c ON c.id = n.command_id AND c.done;

CREATE VIEW followup.published_message AS
SELECT m.command_id, m.number, m.action, m.kind, m.words, m.secret, m.rating, m.actor_kind,
       m.staff_id, m.agency_id, m.assignee_id, m.at
FROM followup.message m JOIN lifecycle.command c ON c.id = m.command_id AND c.done;

CREATE VIEW followup.published_attachment AS
SELECT a.id, a.number, a.command_id, a.key, a.name, a.media_type, a.size
FROM followup.attachment a JOIN lifecycle.command c ON c.id = a.command_id AND c.done;

-- `released`: the verifier lets the public see it.
CREATE VIEW intake.published_attachment AS
SELECT a.id, a.number, a.key, a.name, a.media_type, a.size,
       coalesce((
           SELECT a.id = ANY (v.released_attachments)
           FROM routing.verification v
           JOIN lifecycle.command c ON c.id = v.command_id AND c.done
           WHERE v.number = a.number ORDER BY c.version DESC LIMIT 1), false) AS released
FROM intake.attachment a;

-- Ciphertext; whoever reads it also needs the identity keys.
CREATE VIEW intake.published_contact AS
SELECT s.number, coalesce(s.name, r.name) AS name, coalesce(s.phone, r.phone) AS phone,
       coalesce(s.email, r.email) AS email, coalesce(s.nik, r.nik) AS nik, s.made_by
FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id;

-- Which report belongs to which account.
CREATE VIEW intake.published_owner AS SELECT number, reporter_id FROM intake.submission;

CREATE VIEW intake.partner_directory AS
SELECT system, name, decode(http_token_hash, 'hex') AS http_token_hash, active FROM intake.partner;
