-- Whose claims have ended before they were released, and when their entities' newest
-- versions are to be applied again because of it.
ALTER TABLE {schema}clerk_claims ADD COLUMN delivery text NOT NULL DEFAULT '';
CREATE TABLE {schema}clerk_late (
    entity text NOT NULL,
    delivery text NOT NULL,
    due bigint NOT NULL
);
CREATE INDEX clerk_late_due ON {schema}clerk_late (due);
