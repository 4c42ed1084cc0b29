-- The state of all profiles. Portable SQL: a team may keep it in PostgreSQL one day.

-- A profile belongs to one Halo site for life, because its mappings are that site's ids.
CREATE TABLE profiles (
    name TEXT NOT NULL PRIMARY KEY,
    site_url TEXT NOT NULL
);

CREATE TABLE configurations (
    profile TEXT NOT NULL PRIMARY KEY,
    sync_seats BOOLEAN,
    seat_metric TEXT,
    ticket_type_id BIGINT,
    ticket_type_name TEXT,
    sla_id BIGINT,
    sla_name TEXT,
    priority_id BIGINT,
    priority_name TEXT,
    note_outcome_id BIGINT,
    note_outcome_name TEXT
);

CREATE TABLE mappings (
    profile TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    organization_number BIGINT,
    customer_id BIGINT NOT NULL,
    customer_name TEXT NOT NULL,
    license_id BIGINT NOT NULL,
    license_name TEXT NOT NULL,
    mapped_at TEXT NOT NULL,
    -- What the last sync found wrong with it, for a person to mend.
    flag TEXT,
    -- The seats of this organization that are in the license's quantity; none before the first sync.
    seats BIGINT,
    PRIMARY KEY (profile, organization_id)
);

CREATE INDEX mappings_by_license ON mappings (profile, license_id);

-- The quantity that was last written or confirmed.
CREATE TABLE license_counts (
    profile TEXT NOT NULL,
    license_id BIGINT NOT NULL,
    count BIGINT NOT NULL,
    synced_at TEXT NOT NULL,
    PRIMARY KEY (profile, license_id)
);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    command TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    user_name TEXT NOT NULL,
    host_name TEXT NOT NULL,
    -- running, done, partial, failed, interrupted
    state TEXT NOT NULL,
    source TEXT NOT NULL,
    metric TEXT NOT NULL,
    organizations BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    halo_requests BIGINT NOT NULL,
    backup_requests BIGINT NOT NULL,
    error TEXT
);

CREATE INDEX runs_by_profile ON runs (profile, started_at);

CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    run_id BIGINT NOT NULL,
    license_id BIGINT NOT NULL,
    license_name TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    customer_name TEXT NOT NULL,
    from_count BIGINT,
    to_count BIGINT,
    -- intended, updated, confirmed, skipped, failed, lost
    status TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    reason TEXT,
    recorded_at TEXT NOT NULL
);

CREATE INDEX changes_by_run ON changes (run_id);

-- Which organization contributed how many seats to a change.
CREATE TABLE change_seats (
    change_id BIGINT NOT NULL,
    organization_id TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    seats BIGINT,
    PRIMARY KEY (change_id, organization_id)
);

CREATE INDEX change_seats_by_organization ON change_seats (organization_id);

CREATE TABLE tickets (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    -- The slug of a documented error, or empty for free text.
    error TEXT NOT NULL,
    account TEXT NOT NULL,
    summary TEXT NOT NULL,
    -- None while it is not known whether Halo has it.
    ticket_id BIGINT,
    -- Tickets that looked the same before this one was posted: a JSON array of ids.
    known_ids TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    closed BOOLEAN NOT NULL
);

CREATE INDEX tickets_by_organization ON tickets (profile, organization_id);

-- Requests sent to a site in the last minutes by all processes: they share its rate limit.
CREATE TABLE requests (
    site_url TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    count BIGINT NOT NULL
);

-- Names of records as they were last read, for tab completion.
CREATE TABLE names (
    profile TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (profile, kind, id)
);

-- Who holds a lock, to be named to those who wait; the lock itself is the operating system's.
CREATE TABLE locks (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL
);
