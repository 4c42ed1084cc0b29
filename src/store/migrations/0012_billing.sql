-- How a mapping's seats become its share of the license's quantity.
ALTER TABLE mappings ADD COLUMN rule_metric TEXT;
ALTER TABLE mappings ADD COLUMN rule_included BIGINT;
ALTER TABLE mappings ADD COLUMN rule_minimum BIGINT;
-- The last day of the minimum, e.g. 2026-12-31; none if it has no end.
ALTER TABLE mappings ADD COLUMN rule_minimum_until TEXT;
-- month: the highest seats of the calendar month count. None if the present ones do.
ALTER TABLE mappings ADD COLUMN rule_highest TEXT;

-- Whether the vendor's own integration syncs seats too; none if nobody has said.
ALTER TABLE configurations ADD COLUMN vendor_sync BOOLEAN;
-- What the vendor's fair use is a share of: purchased, mailboxes or off, and the share in percent.
ALTER TABLE configurations ADD COLUMN fair_use_of TEXT;
ALTER TABLE configurations ADD COLUMN fair_use_percent BIGINT;
-- The time zone in which a month begins, e.g. Europe/Berlin; none for this machine's.
ALTER TABLE configurations ADD COLUMN time_zone TEXT;

-- What the person who ran it noted.
ALTER TABLE runs ADD COLUMN note TEXT;
-- The run that this one takes back, if it does.
ALTER TABLE runs ADD COLUMN undoes BIGINT;

-- What a seat cost at that time: decimals as text. None if Halo had no price.
ALTER TABLE changes ADD COLUMN price TEXT;
ALTER TABLE changes ADD COLUMN cost TEXT;
ALTER TABLE changes ADD COLUMN billing_cycle TEXT;

-- The seats that were counted, before the rule made them the organization's share, and by which metric.
ALTER TABLE change_seats ADD COLUMN counted BIGINT;
ALTER TABLE change_seats ADD COLUMN metric TEXT;

-- The run that put this quantity back, if the last one that wrote it was an undo. The next sync says so.
ALTER TABLE license_counts ADD COLUMN undone_by BIGINT;

-- The organizations as they were last listed, to name those that nobody mapped.
CREATE TABLE listed_organizations (
    profile TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    organization_name TEXT NOT NULL,
    used BIGINT,
    active BIGINT,
    purchased BIGINT,
    required BIGINT,
    -- Neither suspended nor deactivated.
    active_now BOOLEAN NOT NULL,
    listed_at TEXT NOT NULL,
    PRIMARY KEY (profile, organization_id)
) WITHOUT ROWID;
