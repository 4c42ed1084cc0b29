-- Which state this is. A connection names it, so that another file is never taken for it.
-- (RANDOMBLOB is SQLite's; every engine has migrations of its own.)
CREATE TABLE identity (
    id TEXT NOT NULL PRIMARY KEY
);

INSERT INTO identity (id) VALUES (LOWER(HEX(RANDOMBLOB(8))));

-- The connections of a profile: more than one where several config.toml files share this state.
CREATE TABLE connections (
    profile TEXT NOT NULL,
    -- Stands beside the profile's name in the keyring.
    id TEXT NOT NULL,
    -- The config.toml that has the connection; none for one of the first version that was not used since.
    config_file TEXT,
    -- Whether the keyring may hold secrets under this id.
    in_keyring BOOLEAN NOT NULL,
    -- Whether the secrets that the first version kept under the profile's name alone may be this one's.
    of_first_version BOOLEAN NOT NULL,
    -- A host other than the site's that tokens are had from, because somebody agreed to it.
    token_host TEXT,
    PRIMARY KEY (profile, id)
);

INSERT INTO connections (profile, id, config_file, in_keyring, of_first_version, token_host)
    SELECT name, LOWER(HEX(RANDOMBLOB(4))), NULL, FALSE, TRUE, NULL FROM profiles;

-- Directories that halolink made, and therefore keeps private.
CREATE TABLE directories (
    path TEXT NOT NULL PRIMARY KEY
);

-- The metric that was billed when the configuration was reset, until somebody says which is billed now.
ALTER TABLE configurations ADD COLUMN metric_before_reset TEXT;
