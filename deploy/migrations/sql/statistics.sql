-- Statistics. A database that is new at this version has the tables already.

GRANT SELECT, INSERT, UPDATE, DELETE ON reporting.fact, reporting.tally, reporting.tallied_agency,
    reporting.tallied_closed_day TO lapor_reporting;
GRANT SELECT, INSERT, UPDATE ON lifecycle.dead_letter TO lapor_reporting;
