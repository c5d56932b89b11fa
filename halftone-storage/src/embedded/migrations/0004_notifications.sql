-- What studios were told, to whom, and what became of it; and whose the mails of the local mailbox are.

CREATE TABLE notifications (
    id BLOB PRIMARY KEY NOT NULL, -- of the event
    studio BLOB NOT NULL,
    place TEXT NOT NULL, -- in the list: instant and id
    listed INTEGER NOT NULL,
    is_read INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX notifications_by_place ON notifications (studio, listed, place);
CREATE INDEX notifications_unread ON notifications (studio, place) WHERE listed = 1 AND is_read = 0;

CREATE TABLE deliveries (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    target_kind TEXT NOT NULL,
    target BLOB NOT NULL,
    due INTEGER, -- null once it ended; while it is leased, the end of the lease
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_by_target ON deliveries (studio, target_kind, target, id);

-- One document for each studio, whose id it bears.
CREATE TABLE listeners (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;

ALTER TABLE messages ADD COLUMN studio BLOB; -- null for mails of an account
ALTER TABLE messages ADD COLUMN html TEXT;
CREATE INDEX messages_by_studio ON messages (studio, sequence) WHERE studio IS NOT NULL;
