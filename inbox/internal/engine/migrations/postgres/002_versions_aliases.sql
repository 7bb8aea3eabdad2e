-- The default is Go's zero time: the event did not say when it happened.
ALTER TABLE {schema}clerk_versions ADD COLUMN event bigint NOT NULL DEFAULT -62135596800000000;

CREATE TABLE {schema}clerk_aliases (
    entity text PRIMARY KEY,
    alias text NOT NULL
);
