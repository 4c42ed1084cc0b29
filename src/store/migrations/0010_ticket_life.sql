-- The life of a ticket for a backup error: there is one for each organization and error, the newest.
-- The accounts that it names: a JSON array of pairs of product and account.
ALTER TABLE tickets ADD COLUMN accounts TEXT NOT NULL DEFAULT '[]';
-- Times are seconds since the epoch. None: when it was opened.
ALTER TABLE tickets ADD COLUMN noted_at BIGINT;
ALTER TABLE tickets ADD COLUMN notes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN recovered_at BIGINT;
ALTER TABLE tickets ADD COLUMN closed_at BIGINT;
ALTER TABLE tickets ADD COLUMN open_status BIGINT;
-- Whether the error was seen in SaaS Backup: someone may open a ticket for one that never was.
ALTER TABLE tickets ADD COLUMN error_seen BOOLEAN NOT NULL DEFAULT FALSE;
-- A note that was about to be added, and may be in Halo although no answer said so: when, and the state of the ticket
-- with it, as JSON.
ALTER TABLE tickets ADD COLUMN note_since TEXT;
ALTER TABLE tickets ADD COLUMN note_state TEXT;
