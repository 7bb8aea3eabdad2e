-- The default is Go's zero time: the event did not say when it happened.
ALTER TABLE clerk_versions ADD COLUMN event integer NOT NULL DEFAULT -62135596800000000;

CREATE TABLE clerk_aliases (
    entity text PRIMARY KEY,
    alias text NOT NULL
) WITHOUT ROWID;
