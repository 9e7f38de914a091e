-- Schemas and tables of version 0001, as the models stood then.

CREATE SCHEMA IF NOT EXISTS lifecycle;
CREATE SCHEMA IF NOT EXISTS intake;
CREATE SCHEMA IF NOT EXISTS routing;
CREATE SCHEMA IF NOT EXISTS followup;
CREATE SCHEMA IF NOT EXISTS reporting;

CREATE TABLE followup.message (
    command_id UUID NOT NULL,
    number BIGINT NOT NULL,
    action VARCHAR NOT NULL,
    kind VARCHAR,
    words TEXT NOT NULL,
    secret BOOLEAN NOT NULL,
    rating INTEGER,
    actor_kind VARCHAR NOT NULL,
    staff_id INTEGER,
    agency_id INTEGER,
    assignee_id INTEGER,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (command_id)
);

CREATE INDEX ix_followup_message_number ON followup.message (number);

CREATE TABLE followup.attachment (
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    command_id UUID NOT NULL,
    key VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_followup_attachment_command_id ON followup.attachment (command_id);

CREATE INDEX ix_followup_attachment_number ON followup.attachment (number);

CREATE TABLE intake.reporter (
    id SERIAL NOT NULL,
    name BYTEA NOT NULL,
    phone BYTEA,
    email BYTEA,
    nik BYTEA,
    phone_index BYTEA,
    email_index BYTEA,
    password_hash VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (phone_index),
    UNIQUE (email_index)
);

CREATE TABLE intake.attachment (
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    key VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_intake_attachment_number ON intake.attachment (number);

CREATE TABLE intake.social_post (
    network VARCHAR NOT NULL,
    post_id VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (network, post_id)
);

CREATE TABLE intake.sms_part (
    sender_index BYTEA NOT NULL,
    reference VARCHAR NOT NULL,
    part INTEGER NOT NULL,
    total INTEGER NOT NULL,
    gateway_id VARCHAR NOT NULL,
    words BYTEA,
    number BIGINT,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (sender_index, reference, part)
);

CREATE INDEX ix_intake_sms_part_gateway_id ON intake.sms_part (gateway_id);

CREATE INDEX sms_part_waiting ON intake.sms_part (received_at) WHERE number IS NULL;

CREATE TABLE intake.partner (
    system VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    nkey_public VARCHAR NOT NULL,
    http_token_hash VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    PRIMARY KEY (system)
);

CREATE INDEX ix_intake_partner_http_token_hash ON intake.partner (http_token_hash);

CREATE TABLE reporting.download (
    id UUID NOT NULL,
    staff_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    tab VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    selection JSONB NOT NULL,
    name TEXT NOT NULL,
    state VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    rows_total BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    size BIGINT,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    expires_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE INDEX download_of_owner ON reporting.download (staff_id, created_at);

CREATE INDEX download_waiting ON reporting.download (created_at) WHERE state = 'waiting';

CREATE TABLE reporting.download_log (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    staff_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    event VARCHAR NOT NULL,
    tab VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    selection JSONB NOT NULL,
    rows BIGINT NOT NULL,
    download_id UUID,
    PRIMARY KEY (id)
);

CREATE INDEX ix_reporting_download_log_staff_id ON reporting.download_log (staff_id);

CREATE TABLE reporting.webhook (
    id UUID NOT NULL,
    agency_id INTEGER NOT NULL,
    url TEXT NOT NULL,
    secret BYTEA NOT NULL,
    created_by INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    failing_since TIMESTAMP WITH TIME ZONE,
    disabled VARCHAR,
    disabled_at TIMESTAMP WITH TIME ZONE,
    removed_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE INDEX ix_reporting_webhook_agency_id ON reporting.webhook (agency_id);

CREATE TABLE routing.handover (
    id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    from_id INTEGER NOT NULL,
    to_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    total INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    staff_agency_id INTEGER NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE routing.management_log (
    id BIGSERIAL NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    staff_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    details JSONB NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX management_log_agency ON routing.management_log (agency_id, id);

CREATE TABLE routing.agency (
    id SERIAL NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    parent_id INTEGER,
    path BIGINT[] NOT NULL,
    zone VARCHAR NOT NULL,
    active BOOLEAN NOT NULL,
    successor_id INTEGER,
    PRIMARY KEY (id),
    UNIQUE (code),
    FOREIGN KEY(parent_id) REFERENCES routing.agency (id),
    FOREIGN KEY(successor_id) REFERENCES routing.agency (id)
);

CREATE INDEX agency_path ON routing.agency USING gin (path);

CREATE INDEX ix_routing_agency_parent_id ON routing.agency (parent_id);

CREATE TABLE routing.category (
    id SERIAL NOT NULL,
    code VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    parent_id INTEGER,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (code),
    FOREIGN KEY(parent_id) REFERENCES routing.category (id)
);

CREATE TABLE routing.programme (
    id SERIAL NOT NULL,
    name VARCHAR NOT NULL,
    active BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);

CREATE TABLE routing.closed_day (
    day DATE NOT NULL,
    name VARCHAR NOT NULL,
    PRIMARY KEY (day)
);

CREATE TABLE routing.verification (
    command_id UUID NOT NULL,
    number BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    category_id INTEGER,
    tag_ids BIGINT[] NOT NULL,
    programme_id INTEGER,
    region_code VARCHAR,
    place TEXT,
    latitude FLOAT,
    longitude FLOAT,
    released_attachments UUID[] NOT NULL,
    staff_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (command_id)
);

CREATE INDEX ix_routing_verification_number ON routing.verification (number);

CREATE TABLE routing.note (
    command_id UUID NOT NULL,
    number BIGINT NOT NULL,
    action VARCHAR NOT NULL,
    words TEXT NOT NULL,
    staff_id INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (command_id)
);

CREATE INDEX ix_routing_note_number ON routing.note (number);

CREATE TABLE routing.access_log (
    id BIGSERIAL NOT NULL,
    number BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    staff_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    subject_id UUID,
    reason TEXT,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX ix_routing_access_log_number ON routing.access_log (number);

CREATE TABLE lifecycle.dead_letter (
    id UUID NOT NULL,
    stream VARCHAR NOT NULL,
    stream_sequence INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    system VARCHAR,
    msg_id VARCHAR,
    reason_code VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    field VARCHAR,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA,
    retried_at TIMESTAMP WITH TIME ZONE,
    retries INTEGER DEFAULT '0' NOT NULL,
    resolved BOOLEAN DEFAULT 'false' NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT dead_letter_once UNIQUE (stream, stream_sequence, received_at)
);

CREATE INDEX dead_letter_open ON lifecycle.dead_letter (received_at) WHERE not resolved;

CREATE SEQUENCE lifecycle.report_number START WITH 10000001;

CREATE TABLE lifecycle.report (
    number BIGINT DEFAULT nextval('lifecycle.report_number') NOT NULL,
    version INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    tab VARCHAR NOT NULL,
    handler_id INTEGER NOT NULL,
    chain BIGINT[] NOT NULL,
    channel VARCHAR NOT NULL,
    classification VARCHAR,
    category_id INTEGER,
    anonymous BOOLEAN NOT NULL,
    secret BOOLEAN NOT NULL,
    priority BOOLEAN NOT NULL,
    held BOOLEAN NOT NULL,
    overdue BOOLEAN NOT NULL,
    region_code VARCHAR,
    due_at TIMESTAMP WITH TIME ZONE,
    auto_close_at TIMESTAMP WITH TIME ZONE,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_step_at TIMESTAMP WITH TIME ZONE NOT NULL,
    verified_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    launched_at TIMESTAMP WITH TIME ZONE,
    system VARCHAR,
    external_id VARCHAR,
    linked_number BIGINT,
    suggested_agency_id INTEGER,
    awaited_agency_id INTEGER,
    assignee_id INTEGER,
    state JSONB NOT NULL,
    PRIMARY KEY (number),
    CONSTRAINT report_external_id_key UNIQUE (system, external_id)
);

CREATE INDEX report_newest ON lifecycle.report (handler_id, tab, number DESC);

CREATE INDEX report_queue ON lifecycle.report (handler_id, tab, priority DESC, due_at ASC NULLS LAST, number);

CREATE INDEX report_awaiting_agency ON lifecycle.report (awaited_agency_id) WHERE awaited_agency_id IS NOT NULL;

CREATE INDEX report_unlaunched ON lifecycle.report (submitted_at) WHERE launched_at IS NULL;

CREATE INDEX report_chain ON lifecycle.report USING gin (chain);

CREATE TABLE lifecycle.outbox (
    id BIGSERIAL NOT NULL,
    number BIGINT NOT NULL,
    subject VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    headers JSONB NOT NULL,
    body BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE lifecycle.ended_count (
    handler_id INTEGER NOT NULL,
    tab VARCHAR NOT NULL,
    shard INTEGER NOT NULL,
    reports BIGINT NOT NULL,
    PRIMARY KEY (handler_id, tab, shard)
);

CREATE TABLE lifecycle.calendar_mark (
    id SERIAL NOT NULL,
    mark VARCHAR NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE lifecycle.redating_progress (
    id SERIAL NOT NULL,
    mark VARCHAR NOT NULL,
    total BIGINT NOT NULL,
    done BIGINT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE TABLE lifecycle.handover_progress (
    id UUID NOT NULL,
    handed BIGINT NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE UNLOGGED TABLE intake.rate_limit (
    key BYTEA NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (key)
);

COMMENT ON TABLE intake.rate_limit IS 'Public limits; keys are digests, full_at is in microseconds since 1970';

CREATE UNLOGGED TABLE routing.rate_limit (
    key BYTEA NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (key)
);

COMMENT ON TABLE routing.rate_limit IS 'Public limits; keys are digests, full_at is in microseconds since 1970';

CREATE UNLOGGED TABLE followup.rate_limit (
    key BYTEA NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (key)
);

COMMENT ON TABLE followup.rate_limit IS 'Public limits; keys are digests, full_at is in microseconds since 1970';

CREATE UNLOGGED TABLE reporting.rate_limit (
    key BYTEA NOT NULL,
    full_at BIGINT NOT NULL,
    PRIMARY KEY (key)
);

COMMENT ON TABLE reporting.rate_limit IS 'Public limits; keys are digests, full_at is in microseconds since 1970';

CREATE TABLE intake.submission (
    number BIGSERIAL NOT NULL,
    reporter_id INTEGER,
    name BYTEA,
    phone BYTEA,
    email BYTEA,
    nik BYTEA,
    access_code BYTEA NOT NULL,
    addressee_id INTEGER,
    made_by INTEGER,
    scope VARCHAR NOT NULL,
    idempotency_key VARCHAR NOT NULL,
    fingerprint BYTEA NOT NULL,
    PRIMARY KEY (number),
    CONSTRAINT submission_once UNIQUE (scope, idempotency_key),
    FOREIGN KEY(reporter_id) REFERENCES intake.reporter (id)
);

CREATE INDEX submission_of_reporter ON intake.submission (reporter_id, number);

CREATE TABLE reporting.webhook_delivery (
    id UUID NOT NULL,
    webhook_id UUID NOT NULL,
    event_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    version INTEGER NOT NULL,
    body JSONB NOT NULL,
    state VARCHAR DEFAULT 'waiting' NOT NULL,
    round INTEGER DEFAULT '1' NOT NULL,
    started BOOLEAN DEFAULT 'false' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    CONSTRAINT webhook_delivery_once UNIQUE (webhook_id, event_id),
    FOREIGN KEY(webhook_id) REFERENCES reporting.webhook (id)
);

CREATE INDEX webhook_delivery_newest ON reporting.webhook_delivery (webhook_id, created_at, id);

CREATE INDEX webhook_delivery_to_start ON reporting.webhook_delivery (created_at) WHERE state = 'waiting' AND NOT started;

CREATE INDEX webhook_delivery_finished ON reporting.webhook_delivery (finished_at);

CREATE TABLE routing.staff (
    id SERIAL NOT NULL,
    username VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    agency_id INTEGER NOT NULL,
    password_hash VARCHAR NOT NULL,
    active BOOLEAN NOT NULL,
    token_version INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (username),
    FOREIGN KEY(agency_id) REFERENCES routing.agency (id)
);

CREATE INDEX ix_routing_staff_agency_id ON routing.staff (agency_id);

CREATE TABLE routing.tag (
    id SERIAL NOT NULL,
    category_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    active BOOLEAN DEFAULT true NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(category_id) REFERENCES routing.category (id)
);

CREATE INDEX ix_routing_tag_category_id ON routing.tag (category_id);

CREATE TABLE routing.policy (
    version SERIAL NOT NULL,
    agency_id INTEGER,
    body JSONB NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    set_by INTEGER,
    PRIMARY KEY (version),
    FOREIGN KEY(agency_id) REFERENCES routing.agency (id)
);

CREATE INDEX ix_routing_policy_agency_id ON routing.policy (agency_id);

CREATE TABLE lifecycle.report_text (
    number BIGINT NOT NULL,
    original_title TEXT NOT NULL,
    original_body TEXT NOT NULL,
    title TEXT,
    body TEXT,
    happened_at VARCHAR,
    place TEXT,
    latitude FLOAT,
    longitude FLOAT,
    tag_ids BIGINT[] DEFAULT '{}' NOT NULL,
    programme_id INTEGER,
    search TSVECTOR GENERATED ALWAYS AS (to_tsvector('indonesian', coalesce(title, original_title) || ' ' || coalesce(body, original_body))) STORED,
    PRIMARY KEY (number),
    FOREIGN KEY(number) REFERENCES lifecycle.report (number)
);

CREATE INDEX report_text_search ON lifecycle.report_text USING gin (search);

CREATE TABLE lifecycle.history (
    number BIGINT NOT NULL,
    entry INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    action VARCHAR NOT NULL,
    actor_kind VARCHAR NOT NULL,
    staff_id INTEGER,
    role VARCHAR,
    agency_id INTEGER,
    system VARCHAR,
    from_status VARCHAR,
    to_status VARCHAR NOT NULL,
    visibility VARCHAR NOT NULL,
    ref UUID,
    details JSONB NOT NULL,
    PRIMARY KEY (number, entry),
    FOREIGN KEY(number) REFERENCES lifecycle.report (number)
);

CREATE TABLE lifecycle.command (
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    action VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    body JSONB NOT NULL,
    done BOOLEAN,
    version INTEGER,
    status VARCHAR,
    refusal VARCHAR,
    PRIMARY KEY (id),
    FOREIGN KEY(number) REFERENCES lifecycle.report (number)
);

CREATE INDEX command_waiting ON lifecycle.command (number, at) WHERE done IS NULL;

CREATE INDEX command_of_report ON lifecycle.command (number);

CREATE TABLE lifecycle.request (
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    staff_id INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    decider_id INTEGER NOT NULL,
    suggested_agency_id INTEGER,
    due_at TIMESTAMP WITH TIME ZONE,
    overdue BOOLEAN NOT NULL,
    decision VARCHAR,
    decided_at TIMESTAMP WITH TIME ZONE,
    decided_by INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(number) REFERENCES lifecycle.report (number)
);

CREATE INDEX request_pending ON lifecycle.request (decider_id) WHERE decision IS NULL;

CREATE INDEX ix_lifecycle_request_number ON lifecycle.request (number);

CREATE UNIQUE INDEX request_one_a_kind ON lifecycle.request (number, kind) WHERE decision IS NULL;

CREATE TABLE lifecycle.copy (
    number BIGINT NOT NULL,
    agency_id INTEGER NOT NULL,
    PRIMARY KEY (number, agency_id),
    FOREIGN KEY(number) REFERENCES lifecycle.report (number)
);

CREATE INDEX ix_lifecycle_copy_agency_id ON lifecycle.copy (agency_id);

CREATE TABLE lifecycle.escalation (
    number BIGINT NOT NULL,
    version INTEGER NOT NULL,
    agency_id INTEGER NOT NULL,
    clock VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (number, version),
    FOREIGN KEY(number) REFERENCES lifecycle.report (number)
);

CREATE INDEX ix_lifecycle_escalation_agency_id ON lifecycle.escalation (agency_id);

CREATE TABLE reporting.webhook_attempt (
    delivery_id UUID NOT NULL,
    attempt INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    status INTEGER,
    error VARCHAR,
    ms INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, attempt),
    FOREIGN KEY(delivery_id) REFERENCES reporting.webhook_delivery (id) ON DELETE CASCADE
);

CREATE TABLE routing.password_link (
    staff_id INTEGER NOT NULL,
    token_hash BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (staff_id),
    FOREIGN KEY(staff_id) REFERENCES routing.staff (id),
    UNIQUE (token_hash)
);

CREATE TABLE routing.second_factor (
    staff_id INTEGER NOT NULL,
    secret BYTEA NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    last_step BIGINT NOT NULL,
    PRIMARY KEY (staff_id),
    FOREIGN KEY(staff_id) REFERENCES routing.staff (id)
);

CREATE TABLE routing.recovery_code (
    staff_id INTEGER NOT NULL,
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (staff_id, code_hash),
    FOREIGN KEY(staff_id) REFERENCES routing.staff (id)
);

CREATE TABLE routing.import (
    id UUID NOT NULL,
    staff_id INTEGER NOT NULL,
    file_name VARCHAR NOT NULL,
    dry_run BOOLEAN NOT NULL,
    state VARCHAR NOT NULL,
    total INTEGER NOT NULL,
    done INTEGER NOT NULL,
    problems JSONB NOT NULL,
    agencies INTEGER NOT NULL,
    people INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(staff_id) REFERENCES routing.staff (id)
);

CREATE TABLE routing.session (
    id UUID NOT NULL,
    staff_id INTEGER NOT NULL,
    token_hash BYTEA NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(staff_id) REFERENCES routing.staff (id),
    UNIQUE (token_hash)
);

CREATE INDEX ix_routing_session_staff_id ON routing.session (staff_id);
