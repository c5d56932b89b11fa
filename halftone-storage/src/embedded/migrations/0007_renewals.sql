-- The token for which another one was exchanged, so that the same exchange can be told from a theft.
ALTER TABLE refresh_tokens ADD COLUMN successor BLOB;
