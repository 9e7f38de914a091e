-- Of a report that staff made for somebody with an account: the contact as they typed it. The
-- account's own name and address are not theirs to find out by its phone number.
CREATE OR REPLACE VIEW intake.published_contact AS
SELECT s.number,
       CASE WHEN s.made_by IS NULL THEN coalesce(s.name, r.name) ELSE s.name END AS name,
       CASE WHEN s.made_by IS NULL THEN coalesce(s.phone, r.phone) ELSE s.phone END AS phone,
       CASE WHEN s.made_by IS NULL THEN coalesce(s.email, r.email) ELSE s.email END AS email,
       CASE WHEN s.made_by IS NULL THEN coalesce(s.nik, r.nik) ELSE s.nik END AS nik,
       s.made_by
FROM intake.submission s LEFT JOIN intake.reporter r ON r.id = s.reporter_id;
