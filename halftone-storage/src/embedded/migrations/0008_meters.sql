-- What was taken of the allowances of shares. A meter bears the id of its share.

CREATE TABLE meters (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX meters_by_studio ON meters (studio);
