-- Licenses that Halo refused, or failed at, when each stood alone in a request: the next run writes them apart
-- from the others, so that they keep none of them back.
CREATE TABLE refused_licenses (
    profile TEXT NOT NULL,
    license_id BIGINT NOT NULL,
    PRIMARY KEY (profile, license_id)
);
