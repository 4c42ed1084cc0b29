-- Organizations that are deliberately not billed through halolink, and why.
CREATE TABLE ignored (
    profile TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    organization_number BIGINT,
    reason TEXT NOT NULL,
    PRIMARY KEY (profile, organization_id)
);
