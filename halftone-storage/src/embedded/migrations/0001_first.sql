-- Documents. `id` and `studio` are UUIDs of 16 bytes, `document` is JSON with its own format number, and the other
-- columns repeat what queries look for. Instants are nanoseconds since 1970.

CREATE TABLE studios (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL, -- the id again, so that all tables are read alike
    owner BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX studios_deleted ON studios (id) WHERE deleted_at IS NOT NULL;

CREATE TABLE collections (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    folded_name TEXT NOT NULL,
    folded_client_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX collections_by_studio ON collections (studio, id) WHERE deleted_at IS NULL;
CREATE INDEX collections_deleted ON collections (id) WHERE deleted_at IS NOT NULL;

CREATE TABLE galleries (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    collection BLOB,
    state TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX galleries_by_studio ON galleries (studio, id) WHERE deleted_at IS NULL;
CREATE INDEX galleries_by_state ON galleries (studio, state, id) WHERE deleted_at IS NULL;
CREATE INDEX galleries_by_collection ON galleries (studio, collection, id) WHERE deleted_at IS NULL;
CREATE INDEX galleries_deleted ON galleries (id) WHERE deleted_at IS NOT NULL;

CREATE TABLE photos (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    gallery BLOB NOT NULL,
    state TEXT NOT NULL,
    captured_key TEXT NOT NULL,
    filename_key TEXT NOT NULL,
    uploaded_key TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    section BLOB,
    tags TEXT NOT NULL,
    folded_filename TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
-- One index for each order. A list over several states merges one walk for each state.
CREATE INDEX photos_by_capture ON photos (gallery, state, captured_key, id) WHERE deleted_at IS NULL;
CREATE INDEX photos_by_filename ON photos (gallery, state, filename_key, id) WHERE deleted_at IS NULL;
CREATE INDEX photos_by_upload ON photos (gallery, state, uploaded_key, id) WHERE deleted_at IS NULL;
CREATE INDEX photos_stalled ON photos (state, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX photos_by_gallery ON photos (gallery, id);
CREATE INDEX photos_deleted ON photos (id) WHERE deleted_at IS NOT NULL;

-- How many photos a gallery has in each state, without deleted ones. Kept by the triggers below.
CREATE TABLE photo_counts (
    studio BLOB NOT NULL,
    gallery BLOB NOT NULL,
    state TEXT NOT NULL,
    photos INTEGER NOT NULL,
    PRIMARY KEY (studio, gallery, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER photos_count_new AFTER INSERT ON photos WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO photo_counts (studio, gallery, state, photos) VALUES (NEW.studio, NEW.gallery, NEW.state, 1)
        ON CONFLICT DO UPDATE SET photos = photos + 1;
END;

CREATE TRIGGER photos_count_changed_from AFTER UPDATE OF studio, gallery, state, deleted_at ON photos
WHEN OLD.deleted_at IS NULL
    AND (NEW.studio, NEW.gallery, NEW.state, NEW.deleted_at) IS NOT (OLD.studio, OLD.gallery, OLD.state, OLD.deleted_at)
BEGIN
    UPDATE photo_counts SET photos = photos - 1
        WHERE studio = OLD.studio AND gallery = OLD.gallery AND state = OLD.state;
    DELETE FROM photo_counts
        WHERE studio = OLD.studio AND gallery = OLD.gallery AND state = OLD.state AND photos = 0;
END;

CREATE TRIGGER photos_count_changed_to AFTER UPDATE OF studio, gallery, state, deleted_at ON photos
WHEN NEW.deleted_at IS NULL
    AND (NEW.studio, NEW.gallery, NEW.state, NEW.deleted_at) IS NOT (OLD.studio, OLD.gallery, OLD.state, OLD.deleted_at)
BEGIN
    INSERT INTO photo_counts (studio, gallery, state, photos) VALUES (NEW.studio, NEW.gallery, NEW.state, 1)
        ON CONFLICT DO UPDATE SET photos = photos + 1;
END;

CREATE TRIGGER photos_count_gone AFTER DELETE ON photos WHEN OLD.deleted_at IS NULL
BEGIN
    UPDATE photo_counts SET photos = photos - 1
        WHERE studio = OLD.studio AND gallery = OLD.gallery AND state = OLD.state;
    DELETE FROM photo_counts
        WHERE studio = OLD.studio AND gallery = OLD.gallery AND state = OLD.state AND photos = 0;
END;

CREATE TABLE shares (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    target BLOB NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX shares_by_target ON shares (studio, target, id);

CREATE TABLE share_activities (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    share BLOB NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    client BLOB NOT NULL,
    kind TEXT NOT NULL
) STRICT;
CREATE INDEX share_activities_by_share ON share_activities (share, at, sequence);

CREATE TABLE share_statistics (
    share BLOB PRIMARY KEY NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    visits INTEGER NOT NULL,
    clients INTEGER NOT NULL,
    downloads INTEGER NOT NULL,
    last_visit_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE clients (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    share BLOB NOT NULL,
    key_hash BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX clients_by_share ON clients (share, id);

-- One document for each client, whose id it bears.
CREATE TABLE selections (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    share BLOB NOT NULL,
    target BLOB NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX selections_by_target ON selections (studio, target, id);
CREATE INDEX selections_by_share ON selections (studio, share, id);

-- Which document holds a selection.
CREATE TABLE selection_owners (
    selection BLOB NOT NULL,
    client BLOB NOT NULL REFERENCES selections (id) ON DELETE CASCADE,
    PRIMARY KEY (selection, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX selection_owners_by_client ON selection_owners (client);

CREATE TABLE price_lists (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX price_lists_by_studio ON price_lists (studio, id);

CREATE TABLE orders (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    gallery BLOB NOT NULL,
    client BLOB NOT NULL,
    state TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL,
    UNIQUE (client, idempotency_key)
) STRICT;
CREATE INDEX orders_by_studio ON orders (studio, id);
CREATE INDEX orders_by_state ON orders (studio, state, id);
CREATE INDEX orders_by_gallery ON orders (studio, gallery, id);
CREATE INDEX orders_by_client ON orders (studio, client, id);

CREATE TABLE api_keys (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX api_keys_by_studio ON api_keys (studio, id);

-- What the local identity provider keeps; a credential bears its user's id.
CREATE TABLE credentials (
    id BLOB PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;

CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY NOT NULL,
    user BLOB NOT NULL,
    family BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (user);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

-- Events that were written with a document (`origin` is its id) and are not delivered yet.
CREATE TABLE outbox (
    id BLOB PRIMARY KEY NOT NULL,
    studio BLOB NOT NULL,
    origin BLOB NOT NULL,
    leased_until INTEGER, -- null until it is claimed for the first time
    document TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_origin ON outbox (origin);
CREATE INDEX outbox_by_studio ON outbox (studio);

-- The queue. `generation` goes up with every delivery and every return, and is part of receipts.
CREATE TABLE jobs (
    id BLOB PRIMARY KEY NOT NULL,
    message TEXT NOT NULL,
    visible_at INTEGER NOT NULL,
    leased INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    receive_count INTEGER NOT NULL DEFAULT 0,
    dead_at INTEGER,
    reason TEXT
) STRICT;
CREATE INDEX jobs_live ON jobs (visible_at, id) WHERE dead_at IS NULL;
CREATE INDEX jobs_leased ON jobs (visible_at) WHERE dead_at IS NULL AND leased = 1;
CREATE INDEX jobs_dead ON jobs (id) WHERE dead_at IS NOT NULL;

-- The local mailbox.
CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX messages_by_time ON messages (at);
