-- How tickets for backup errors are treated. Times are in seconds.
ALTER TABLE configurations ADD COLUMN ticket_grace BIGINT;
ALTER TABLE configurations ADD COLUMN ticket_stale_after BIGINT;
ALTER TABLE configurations ADD COLUMN ticket_remind BIGINT;
ALTER TABLE configurations ADD COLUMN on_recovery TEXT;
ALTER TABLE configurations ADD COLUMN closing_outcome_id BIGINT;
ALTER TABLE configurations ADD COLUMN closing_outcome_name TEXT;
ALTER TABLE configurations ADD COLUMN closing_status_id BIGINT;
ALTER TABLE configurations ADD COLUMN closing_status_name TEXT;

-- What tickets of one error have instead of what is configured for all.
CREATE TABLE error_options (
    profile TEXT NOT NULL,
    error TEXT NOT NULL,
    ticket_type_id BIGINT,
    ticket_type_name TEXT,
    sla_id BIGINT,
    sla_name TEXT,
    priority_id BIGINT,
    priority_name TEXT,
    PRIMARY KEY (profile, error)
);

-- Further fields of new tickets. A number alone is one, a text alone is one; both are a record with its name.
CREATE TABLE ticket_fields (
    profile TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT,
    text TEXT,
    PRIMARY KEY (profile, name)
);
