-- When each error of an account that stands was first seen, in seconds since the epoch: many pass by themselves, and
-- are worth a ticket only once they have lasted.
CREATE TABLE first_seen (
    profile TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    product TEXT NOT NULL,
    account TEXT NOT NULL,
    error TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (profile, organization_id, product, account, error)
);
