-- ZIP files that were uploaded to be expanded into photos, and what became of their entries.

CREATE TABLE archives (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    due_at INTEGER NOT NULL, -- when the sweep looks at it
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX archives_by_studio ON archives (studio);
CREATE INDEX archives_due ON archives (due_at, id);
