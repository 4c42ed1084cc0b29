-- Licenses that were about to be created, and may be in Halo although no answer said so.
CREATE TABLE license_intents (
    id INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    customer_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    since TEXT NOT NULL,
    intended_by TEXT NOT NULL
);

CREATE INDEX license_intents_by_customer ON license_intents (profile, customer_id);
