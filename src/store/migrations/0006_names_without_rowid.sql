-- Names are read by profile and kind for every press of Tab: stored in that order, they are read in one go.
ALTER TABLE names RENAME TO names_before;

CREATE TABLE names (
    profile TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (profile, kind, id)
) WITHOUT ROWID;

INSERT INTO names (profile, kind, id, name) SELECT profile, kind, id, name FROM names_before;

DROP TABLE names_before;
