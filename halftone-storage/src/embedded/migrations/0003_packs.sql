-- Files that are put together for somebody to take away as one archive.

CREATE TABLE packs (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    due_at INTEGER NOT NULL, -- when the sweep looks at it
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX packs_by_studio ON packs (studio);
CREATE INDEX packs_due ON packs (due_at, id);
