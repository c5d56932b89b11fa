-- The words by which documents are found, and an index of how they begin.

ALTER TABLE collections DROP COLUMN folded_name;
ALTER TABLE collections DROP COLUMN folded_client_name;
ALTER TABLE galleries DROP COLUMN folded_name;
ALTER TABLE photos DROP COLUMN folded_filename;
ALTER TABLE photos DROP COLUMN folded_title;

-- `terms` is a text in which one can be looked for, and `grams`, a list in JSON, what of it the index holds.
ALTER TABLE collections ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE collections ADD COLUMN grams TEXT NOT NULL DEFAULT '[]';
ALTER TABLE galleries ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE galleries ADD COLUMN grams TEXT NOT NULL DEFAULT '[]';
ALTER TABLE clients ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN grams TEXT NOT NULL DEFAULT '[]';
ALTER TABLE orders ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN grams TEXT NOT NULL DEFAULT '[]';
ALTER TABLE photos ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE photos ADD COLUMN grams TEXT NOT NULL DEFAULT '[]';

-- Which documents have a term that begins so, without deleted ones. Kept by the triggers below.
CREATE TABLE search_grams (
    studio BLOB NOT NULL,
    kind TEXT NOT NULL, -- the documents' table
    gram TEXT NOT NULL,
    id BLOB NOT NULL,
    PRIMARY KEY (studio, kind, gram, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER collections_grams_new AFTER INSERT ON collections WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'collections', value, NEW.id FROM json_each(NEW.grams);
END;

CREATE TRIGGER collections_grams_changed AFTER UPDATE OF grams, deleted_at ON collections
WHEN (NEW.grams, NEW.deleted_at IS NULL) IS NOT (OLD.grams, OLD.deleted_at IS NULL)
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'collections' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'collections', value, NEW.id FROM json_each(NEW.grams) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER collections_grams_gone AFTER DELETE ON collections WHEN OLD.deleted_at IS NULL
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'collections' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
END;

CREATE TRIGGER galleries_grams_new AFTER INSERT ON galleries WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'galleries', value, NEW.id FROM json_each(NEW.grams);
END;

CREATE TRIGGER galleries_grams_changed AFTER UPDATE OF grams, deleted_at ON galleries
WHEN (NEW.grams, NEW.deleted_at IS NULL) IS NOT (OLD.grams, OLD.deleted_at IS NULL)
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'galleries' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'galleries', value, NEW.id FROM json_each(NEW.grams) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER galleries_grams_gone AFTER DELETE ON galleries WHEN OLD.deleted_at IS NULL
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'galleries' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
END;

CREATE TRIGGER clients_grams_new AFTER INSERT ON clients WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'clients', value, NEW.id FROM json_each(NEW.grams);
END;

CREATE TRIGGER clients_grams_changed AFTER UPDATE OF grams, deleted_at ON clients
WHEN (NEW.grams, NEW.deleted_at IS NULL) IS NOT (OLD.grams, OLD.deleted_at IS NULL)
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'clients' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'clients', value, NEW.id FROM json_each(NEW.grams) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER clients_grams_gone AFTER DELETE ON clients WHEN OLD.deleted_at IS NULL
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'clients' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
END;

CREATE TRIGGER orders_grams_new AFTER INSERT ON orders WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'orders', value, NEW.id FROM json_each(NEW.grams);
END;

CREATE TRIGGER orders_grams_changed AFTER UPDATE OF grams, deleted_at ON orders
WHEN (NEW.grams, NEW.deleted_at IS NULL) IS NOT (OLD.grams, OLD.deleted_at IS NULL)
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'orders' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'orders', value, NEW.id FROM json_each(NEW.grams) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER orders_grams_gone AFTER DELETE ON orders WHEN OLD.deleted_at IS NULL
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'orders' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
END;

CREATE TRIGGER photos_grams_new AFTER INSERT ON photos WHEN NEW.deleted_at IS NULL
BEGIN
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'photos', value, NEW.id FROM json_each(NEW.grams);
END;

CREATE TRIGGER photos_grams_changed AFTER UPDATE OF grams, deleted_at ON photos
WHEN (NEW.grams, NEW.deleted_at IS NULL) IS NOT (OLD.grams, OLD.deleted_at IS NULL)
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'photos' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
    INSERT INTO search_grams (studio, kind, gram, id)
        SELECT NEW.studio, 'photos', value, NEW.id FROM json_each(NEW.grams) WHERE NEW.deleted_at IS NULL;
END;

CREATE TRIGGER photos_grams_gone AFTER DELETE ON photos WHEN OLD.deleted_at IS NULL
BEGIN
    DELETE FROM search_grams WHERE studio = OLD.studio AND kind = 'photos' AND id = OLD.id
        AND gram IN (SELECT value FROM json_each(OLD.grams));
END;
