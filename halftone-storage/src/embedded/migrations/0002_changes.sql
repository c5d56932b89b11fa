-- What changed since an instant, for whoever watches a studio. Rows of before have no instant until they change.

ALTER TABLE orders ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_changed ON orders (studio, updated_at, id) WHERE deleted_at IS NULL;

ALTER TABLE selections ADD COLUMN submitted_at INTEGER; -- of the latest of the client's submitted selections
CREATE INDEX selections_submitted ON selections (studio, submitted_at, id)
    WHERE deleted_at IS NULL AND submitted_at IS NOT NULL;

CREATE INDEX photos_changed ON photos (studio, updated_at, id, gallery) WHERE deleted_at IS NULL;
