-- What was done to tickets for backup errors: who, when, what, with what outcome.
CREATE TABLE ticket_events (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    command TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    user_name TEXT NOT NULL,
    host_name TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    customer_id BIGINT,
    customer_name TEXT,
    error TEXT NOT NULL,
    -- The number of affected accounts.
    accounts BIGINT NOT NULL,
    ticket_id BIGINT,
    -- opened, adopted, appended, resolved, closed, reopened, failed
    status TEXT NOT NULL,
    reason TEXT
);

CREATE INDEX ticket_events_by_profile ON ticket_events (profile, recorded_at);
