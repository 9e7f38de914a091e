-- Statistics: a fact a report, and tallies by agency and time.

CREATE TABLE reporting.fact (
    number BIGINT NOT NULL,
    version INTEGER NOT NULL,
    handler_id INTEGER NOT NULL,
    path BIGINT[] NOT NULL,
    day DATE NOT NULL,
    region_code VARCHAR,
    marks TEXT[] NOT NULL,
    PRIMARY KEY (number)
);

CREATE INDEX fact_of_handler ON reporting.fact (handler_id, day, number);

CREATE INDEX fact_placed ON reporting.fact (handler_id, path);

CREATE INDEX fact_by_day ON reporting.fact (day, number);

CREATE INDEX fact_by_mark ON reporting.fact USING gin (marks);

CREATE TABLE reporting.tally (
    agency_id INTEGER NOT NULL,
    span VARCHAR NOT NULL,
    day DATE NOT NULL,
    management JSONB NOT NULL,
    usage JSONB NOT NULL,
    staff JSONB NOT NULL,
    PRIMARY KEY (agency_id, span, day)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON reporting.fact, reporting.tally TO lapor_reporting;
