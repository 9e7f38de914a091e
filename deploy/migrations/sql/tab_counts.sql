-- How many reports stand in each tab of each agency. Counts never scan: changes are appended by the
-- step that makes them, so that nobody waits for anybody's row, and rolled up some seconds later.

CREATE TABLE lifecycle.tab_count (
    agency_id INTEGER NOT NULL,
    given BOOLEAN NOT NULL,
    tab VARCHAR NOT NULL,
    reports BIGINT NOT NULL,
    PRIMARY KEY (agency_id, given, tab)
);

CREATE TABLE lifecycle.tab_change (
    id BIGSERIAL NOT NULL,
    agency_id INTEGER NOT NULL,
    given BOOLEAN NOT NULL,
    tab VARCHAR NOT NULL,
    reports BIGINT NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX tab_change_of_agency ON lifecycle.tab_change (agency_id);

-- To be summed: what is rolled up, and what is not yet.
CREATE VIEW lifecycle.tab_reports AS
SELECT agency_id, given, tab, reports FROM lifecycle.tab_count
UNION ALL
SELECT agency_id, given, tab, reports FROM lifecycle.tab_change;

CREATE FUNCTION lifecycle.count_new_reports() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lifecycle, pg_temp AS $$
BEGIN
    INSERT INTO tab_change (agency_id, given, tab, reports)
    SELECT handler_id, false, tab, count(*) FROM entered GROUP BY handler_id, tab
    UNION ALL
    SELECT giver, true, tab, count(*) FROM entered, unnest(trim_array(chain, 1)) giver
    GROUP BY giver, tab;
    RETURN NULL;
END $$;

CREATE FUNCTION lifecycle.count_moved_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lifecycle, pg_temp AS $$
BEGIN
    INSERT INTO tab_change (agency_id, given, tab, reports)
    SELECT agency_id, given, tab, sum(change) FROM (
        SELECT OLD.handler_id AS agency_id, false AS given, OLD.tab AS tab, -1 AS change
        UNION ALL
        SELECT giver, true, OLD.tab, -1 FROM unnest(trim_array(OLD.chain, 1)) giver
        UNION ALL
        SELECT NEW.handler_id, false, NEW.tab, 1
        UNION ALL
        SELECT giver, true, NEW.tab, 1 FROM unnest(trim_array(NEW.chain, 1)) giver
    ) moved
    GROUP BY agency_id, given, tab HAVING sum(change) <> 0;
    RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON lifecycle.report
REFERENCING NEW TABLE AS entered
FOR EACH STATEMENT EXECUTE FUNCTION lifecycle.count_new_reports();

CREATE TRIGGER count_moved AFTER UPDATE ON lifecycle.report
FOR EACH ROW
WHEN ((OLD.handler_id, OLD.tab, OLD.chain) IS DISTINCT FROM (NEW.handler_id, NEW.tab, NEW.chain))
EXECUTE FUNCTION lifecycle.count_moved_report();

-- Making the triggers has locked the table: nothing is missed and nothing counted twice.
INSERT INTO lifecycle.tab_count (agency_id, given, tab, reports)
SELECT handler_id, false, tab, count(*) FROM lifecycle.report GROUP BY handler_id, tab
UNION ALL
SELECT giver, true, tab, count(*) FROM lifecycle.report, unnest(trim_array(chain, 1)) giver
GROUP BY giver, tab;

GRANT SELECT ON lifecycle.tab_reports TO lapor_routing, lapor_reporting, lapor_worker;
GRANT SELECT, INSERT, UPDATE ON lifecycle.tab_count TO lapor_worker;
GRANT SELECT, UPDATE, DELETE ON lifecycle.tab_change TO lapor_worker;
