-- Seats in a license's last synced quantity of organizations that were unlinked or mapped elsewhere since:
-- the next sync is expected to take them off.
ALTER TABLE license_counts ADD COLUMN unlinked BIGINT NOT NULL DEFAULT 0;

-- Licenses that halolink made itself: on these a first sync may rise as it likes.
CREATE TABLE created_licenses (
    profile TEXT NOT NULL,
    license_id BIGINT NOT NULL,
    PRIMARY KEY (profile, license_id)
);
