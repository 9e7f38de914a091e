"""Agencies are found by name, other names and place, with abbreviations and typing errors."""

from alembic import op

revision = "0087"
down_revision = "0086"


def upgrade() -> None:
    op.execute("""
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE EXTENSION IF NOT EXISTS unaccent;

        CREATE TABLE routing.abbreviation (
            short VARCHAR NOT NULL,
            meaning VARCHAR NOT NULL,
            PRIMARY KEY (short, meaning)
        );
        CREATE INDEX abbreviation_meaning ON routing.abbreviation (meaning);
        CREATE TABLE routing.agency_alias (
            agency_id INTEGER NOT NULL,
            alias VARCHAR NOT NULL,
            PRIMARY KEY (agency_id, alias),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id)
        );
        CREATE TABLE routing.agency_words (
            agency_id INTEGER NOT NULL,
            name VARCHAR COLLATE "C" NOT NULL,
            path BIGINT[] NOT NULL,
            active BOOLEAN NOT NULL,
            aliases VARCHAR[] NOT NULL,
            words TSVECTOR NOT NULL,
            has_admin BOOLEAN NOT NULL,
            has_officer BOOLEAN NOT NULL,
            PRIMARY KEY (agency_id),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id)
        );
        CREATE INDEX agency_words_words ON routing.agency_words USING gin (words);
        CREATE TABLE routing.directory_word (
            word VARCHAR COLLATE "C" NOT NULL,
            PRIMARY KEY (word)
        );
        CREATE INDEX directory_word_like
            ON routing.directory_word USING gin (word gin_trgm_ops);

        CREATE TABLE routing.usual_unit (
            agency_id INTEGER NOT NULL,
            category_id INTEGER NOT NULL,
            unit_id INTEGER NOT NULL,
            times INTEGER NOT NULL,
            PRIMARY KEY (agency_id, category_id, unit_id),
            FOREIGN KEY (agency_id) REFERENCES routing.agency (id),
            FOREIGN KEY (category_id) REFERENCES routing.category (id),
            FOREIGN KEY (unit_id) REFERENCES routing.agency (id)
        );

        CREATE FUNCTION routing.folded(words text) RETURNS text LANGUAGE sql STABLE AS $$
            SELECT trim(regexp_replace(lower(unaccent(words)), '[^a-z0-9]+', ' ', 'g'))
        $$;

        -- A: its name. B: its other names and code. C: of those above it, but pusat.
        CREATE FUNCTION routing.index_agencies(ids bigint[]) RETURNS void LANGUAGE sql AS $$
            WITH texts AS (
                SELECT a.id, a.name, a.path, a.active, others.aliases,
                    routing.folded(a.name) AS own,
                    routing.folded(array_to_string(a.code || others.aliases, ' ')) AS others,
                    routing.folded(coalesce(place.words, '')) AS place
                FROM routing.agency a,
                LATERAL (SELECT ARRAY(
                    SELECT alias FROM routing.agency_alias l
                    WHERE l.agency_id = a.id ORDER BY alias) AS aliases) others,
                LATERAL (
                    SELECT string_agg(concat_ws(' ', u.name, (
                        SELECT string_agg(alias, ' ') FROM routing.agency_alias l
                        WHERE l.agency_id = u.id)), ' ') AS words
                    FROM routing.agency u
                    WHERE u.id = ANY (a.path) AND u.id <> a.id AND u.parent_id IS NOT NULL) place
                WHERE a.id = ANY (ids)
            ),
            entered AS (
                INSERT INTO routing.agency_words
                    (agency_id, name, path, active, aliases, words, has_admin, has_officer)
                SELECT id, name, path, active, aliases, setweight(to_tsvector('simple', own), 'A')
                    || setweight(to_tsvector('simple', others), 'B')
                    || setweight(to_tsvector('simple', place), 'C'), false, false
                FROM texts
                ON CONFLICT (agency_id) DO UPDATE
                    SET name = EXCLUDED.name, path = EXCLUDED.path, active = EXCLUDED.active,
                        aliases = EXCLUDED.aliases, words = EXCLUDED.words
            )
            INSERT INTO routing.directory_word (word)
            SELECT DISTINCT word
            FROM texts, string_to_table(concat_ws(' ', own, others), ' ') word
            WHERE word <> ''
            ON CONFLICT DO NOTHING
        $$;
        CREATE FUNCTION routing.note_people(ids bigint[]) RETURNS void LANGUAGE sql AS $$
            UPDATE routing.agency_words w SET
                has_admin = EXISTS (
                    SELECT FROM routing.staff s WHERE s.agency_id = w.agency_id AND s.active
                        AND s.role <> 'liaison_officer'),
                has_officer = EXISTS (
                    SELECT FROM routing.staff s WHERE s.agency_id = w.agency_id AND s.active)
            WHERE w.agency_id = ANY (ids)
        $$;

        CREATE FUNCTION routing.agencies_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                PERFORM routing.index_agencies(ARRAY(SELECT id FROM after));
            ELSE
                PERFORM routing.index_agencies(ARRAY(
                    SELECT DISTINCT below.id FROM after
                    JOIN before ON before.id = after.id
                        AND (before.name, before.path, before.code, before.active)
                        IS DISTINCT FROM (after.name, after.path, after.code, after.active)
                    JOIN routing.agency below
                        ON below.path @> ARRAY[after.id::bigint] OR below.id = after.id));
            END IF;
            RETURN NULL;
        END
        $$;
        CREATE FUNCTION routing.people_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                PERFORM routing.note_people(ARRAY(SELECT DISTINCT agency_id FROM after));
            ELSE
                PERFORM routing.note_people(ARRAY(
                    SELECT unnest(ARRAY[before.agency_id, after.agency_id]) FROM after
                    JOIN before ON before.id = after.id
                        AND (before.agency_id, before.role, before.active)
                        IS DISTINCT FROM (after.agency_id, after.role, after.active)));
            END IF;
            RETURN NULL;
        END
        $$;
        CREATE FUNCTION routing.aliases_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM routing.index_agencies(ARRAY(
                SELECT DISTINCT below.id FROM touched
                JOIN routing.agency below ON below.path @> ARRAY[touched.agency_id::bigint]));
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER agency_entered AFTER INSERT ON routing.agency
            REFERENCING NEW TABLE AS after
            FOR EACH STATEMENT EXECUTE FUNCTION routing.agencies_changed();
        CREATE TRIGGER agency_changed AFTER UPDATE ON routing.agency
            REFERENCING OLD TABLE AS before NEW TABLE AS after
            FOR EACH STATEMENT EXECUTE FUNCTION routing.agencies_changed();
        CREATE TRIGGER person_entered AFTER INSERT ON routing.staff
            REFERENCING NEW TABLE AS after
            FOR EACH STATEMENT EXECUTE FUNCTION routing.people_changed();
        CREATE TRIGGER person_changed AFTER UPDATE ON routing.staff
            REFERENCING OLD TABLE AS before NEW TABLE AS after
            FOR EACH STATEMENT EXECUTE FUNCTION routing.people_changed();
        CREATE TRIGGER alias_entered AFTER INSERT ON routing.agency_alias
            REFERENCING NEW TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION routing.aliases_changed();
        CREATE TRIGGER alias_removed AFTER DELETE ON routing.agency_alias
            REFERENCING OLD TABLE AS touched
            FOR EACH STATEMENT EXECUTE FUNCTION routing.aliases_changed();

        SELECT routing.index_agencies(ARRAY(SELECT id FROM routing.agency));
        SELECT routing.note_people(ARRAY(SELECT id FROM routing.agency));

        CREATE VIEW routing.published_agency_words AS
        SELECT agency_id, name, path, active, aliases, words, has_admin, has_officer
        FROM routing.agency_words;
        CREATE VIEW routing.published_abbreviation AS
        SELECT short, meaning FROM routing.abbreviation;
        CREATE VIEW routing.published_directory_word AS SELECT word FROM routing.directory_word;

        GRANT SELECT, INSERT, UPDATE, DELETE ON routing.abbreviation, routing.agency_alias,
            routing.agency_words, routing.directory_word, routing.usual_unit TO lapor_routing;
        GRANT SELECT ON routing.published_agency_words, routing.published_abbreviation,
            routing.published_directory_word
            TO lapor_routing, lapor_intake, lapor_followup, lapor_reporting;
    """)
