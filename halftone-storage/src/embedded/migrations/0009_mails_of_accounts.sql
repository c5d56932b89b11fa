-- Mails of an account belong to no studio; they go with the account.
CREATE INDEX messages_of_accounts ON messages (recipient) WHERE studio IS NULL;
