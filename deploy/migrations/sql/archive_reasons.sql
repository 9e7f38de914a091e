-- Kategori Arsip. The codes are the domain's; their words and whether they are offered are pusat's.

CREATE TABLE routing.archive_reason (
    code VARCHAR NOT NULL,
    place INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    PRIMARY KEY (code)
);

INSERT INTO routing.archive_reason (place, code, name) VALUES
    (1, 'criminal_case', 'Kasus Kriminalitas'),
    (2, 'misplaced_reply', 'Kesalahan penulisan Tindak Lanjut dan Balas Laporan'),
    (3, 'incomplete', 'Laporan belum lengkap'),
    (4, 'unclear', 'Laporan tidak jelas atau tidak dapat dimengerti'),
    (5, 'abusive', 'Laporan mengandung caci maki atau mengandung SARA'),
    (6, 'too_general', 'Masukan terlalu umum'),
    (7, 'court_case', 'Sedang dalam proses atau sudah diputus oleh Pengadilan'),
    (8, 'not_relevant', 'Laporan tidak relevan dengan kinerja Pemerintah');

CREATE VIEW routing.published_archive_reason AS
SELECT code, name, active FROM routing.archive_reason;

GRANT SELECT, UPDATE ON routing.archive_reason TO lapor_routing;
GRANT SELECT ON routing.published_archive_reason TO lapor_routing, lapor_intake, lapor_reporting;
